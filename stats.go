package messenger

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// Stats says how a bot is doing.
type Stats struct {
	// Queue counts what waits in the store, of all replicas.
	Queue store.Stats
	// Webhook counts the callbacks that this process took.
	Webhook receiving.Counts
	// Turns counts the turns that this process has committed, Retried those of
	// them that will be tried again, and Dead those that left a dead letter.
	Turns, Retried, Dead int64
	// Sends counts this process's attempts to send, by their outcome, and the
	// replies that were refused in their turn, as refused.
	Sends map[store.SentOutcome]int64
	// Superseded counts the routes whose work a newer message has made obsolete
	// (routing.Route.CancelOnNewer).
	Superseded int64
	// Typing counts the requests of this process that showed or hid the typing mark of a
	// route (routing.Route.Typing), and TypingFailed those that failed, which has no other
	// effect. They are not among Sends.
	Typing, TypingFailed int64
	// Stuck counts the calls of the program's code (handlers, senders, middleware, token
	// sources, callbacks, HTTP clients, stores) that do not return though their context has
	// ended: each holds a goroutine of this process, and no worker. EverStuck counts those
	// that have returned since, too. The log has the stack where each hangs. See
	// docs/failures.md, "Code that does not return".
	Stuck     int
	EverStuck int64
	// Unserved counts what waits in the store for pages that this process does not
	// serve, by page id: those that were removed, and those that only other replicas
	// know. What waits for a page that no process serves stays until one does. It is
	// empty if one app delivers the events of every page.
	Unserved map[string]store.Waiting
	// Held are the pages for which this process does not send, because the platform
	// refused the page's token or what it is signed with, by page id.
	Held map[string]Held
	// Paused are the pauses of [Bot.Pause], of all replicas.
	Paused []Pause
	// Usage is what the platform reported to this process about the allowances of the
	// pages that it has sent for, by page id.
	Usage map[string]graph.Usage
}

// Held says since when the messages of a page wait for a token that the platform
// accepts.
type Held struct {
	// Since is when the platform first refused the token.
	Since time.Time
	// RetryAt is when the refused token is tried again. A new one is used before that.
	RetryAt time.Time
	// Waiting counts what waits for the page, events of people whose messages are held
	// included, of all replicas.
	Waiting store.Waiting
}

// Stats returns how the bot is doing. It returns [errors.ErrUnsupported] if the store is no
// [store.Inspector].
func (b *Bot) Stats(ctx context.Context) (Stats, error) {
	if b == nil {
		return Stats{}, ErrNoBot
	}
	inspector, err := capability[store.Inspector](b, "Inspector")
	if err != nil {
		return Stats{}, err
	}
	paused, err := b.Paused(ctx)
	if err != nil {
		return Stats{}, err
	}
	queue, err := inspector.Stats(ctx)
	if err != nil {
		return Stats{}, err
	}
	unserved, held, err := b.waiting(ctx, inspector)
	if err != nil {
		return Stats{}, err
	}
	c := b.engine.Counts()
	return Stats{
		Queue:   queue,
		Webhook: b.webhook.Counts(),
		Turns:   c.Turns,
		Retried: c.Retried,
		Dead:    c.Dead,
		Sends:   c.Sends,

		Superseded:   c.Superseded,
		Typing:       c.Typing,
		TypingFailed: c.TypingFailed,

		Stuck:     c.Stuck,
		EverStuck: c.EverStuck,

		Usage: b.engine.Usage(),

		Unserved: unserved,
		Held:     held,
		Paused:   paused,
	}, nil
}

// waiting counts what waits for pages that are not worked for.
func (b *Bot) waiting(ctx context.Context, inspector store.Inspector) (unserved map[string]store.Waiting, held map[string]Held, err error) {
	refused := b.engine.Held()
	table := b.pages.Load()
	if table.every && len(refused) == 0 {
		return nil, nil, nil
	}
	waiting, err := inspector.Waiting(ctx)
	if err != nil {
		return nil, nil, err
	}
	unserved, held = map[string]store.Waiting{}, map[string]Held{}
	for pageID, w := range waiting {
		if !table.serves(pageID) {
			unserved[pageID] = w
		}
	}
	for pageID, h := range refused {
		held[pageID] = Held{Since: h.Since, RetryAt: h.RetryAt, Waiting: waiting[pageID]}
	}
	return unserved, held, nil
}
