package messenger

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/djmessenger/messenger/store"
)

// capability returns a capability of the bot's store, or an error that names it.
func capability[T any](b *Bot, name string) (T, error) {
	found, ok := store.As[T](b.cfg.Store)
	if !ok {
		return found, fmt.Errorf("messenger: the store has no capability store.%s: %w", name, errors.ErrUnsupported)
	}
	return found, nil
}

// capabilities are those of package store without which a bot does less, by name. Not among them are store.CallRunner, without which
// the program gets an error where it queues a call: a store that is no SQL database has none by its nature; and
// store.Interruptible, without which the bot does the same.
var capabilities = []struct {
	name string
	has  func(st store.Store) bool
}{
	{"Broadcasts", has[store.Broadcasts]},
	{"Clock", has[store.Clock]},
	{"DeadLetters", has[store.DeadLetters]},
	{"Inspector", has[store.Inspector]},
	{"Isolator", has[store.Isolator]},
	{"OnceKeeper", has[store.OnceKeeper]},
	{"Peeker", has[store.Peeker]},
	{"Replicas", has[store.Replicas]},
	{"Timers", has[store.Timers]},
	{"Viewer", has[store.Viewer]},
}

func has[T any](st store.Store) bool {
	_, ok := store.As[T](st)
	return ok
}

// logMissing says which capabilities a store lacks.
func logMissing(log *slog.Logger, st store.Store) {
	var missing []string
	for _, c := range capabilities {
		if !c.has(st) {
			missing = append(missing, c.name)
		}
	}
	if len(missing) > 0 {
		log.Warn("the store lacks capabilities: package store says what the bot does without them", "capabilities", strings.Join(missing, ", "))
	}
}
