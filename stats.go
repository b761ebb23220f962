package messenger

import (
	"context"

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
	// Usage is what the platform reported to this process about the allowances of the
	// pages that it has sent for, by page id.
	Usage map[string]graph.Usage
}

// Stats returns how the bot is doing.
func (b *Bot) Stats(ctx context.Context) (Stats, error) {
	if b == nil {
		return Stats{}, ErrNoBot
	}
	queue, err := b.cfg.Store.Stats(ctx)
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
		Usage:   b.engine.Usage(),
	}, nil
}
