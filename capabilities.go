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

// logMissing says which capabilities a store lacks that change what a bot does.
func logMissing(log *slog.Logger, st store.Store) {
	var missing []string
	note := func(has bool, name string) {
		if !has {
			missing = append(missing, name)
		}
	}
	_, has := store.As[store.Clock](st)
	note(has, "Clock")
	_, has = store.As[store.DeadLetters](st)
	note(has, "DeadLetters")
	_, has = store.As[store.Inspector](st)
	note(has, "Inspector")
	_, has = store.As[store.Isolator](st)
	note(has, "Isolator")
	_, has = store.As[store.Replicas](st)
	note(has, "Replicas")
	if len(missing) > 0 {
		log.Warn("the store lacks capabilities: package store says what the bot does without them", "capabilities", strings.Join(missing, ", "))
	}
}
