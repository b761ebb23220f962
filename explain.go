package messenger

import (
	"context"
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/store"
)

// Explain says which routes would fire for an event if its turn began now, in order, and
// why: by the policy in force for its page, with the person as they are stored, in
// the context of a turn. It asks each route's condition and each handler ShouldHandle, and
// calls nothing else: it runs no handler, sender or middleware, and sends and
// writes nothing. For the routes that would fire it supposes that they handle the event.
//
// The silence of Config.Quiet counts, by what the store knows now. Middleware of the program, which
// may keep the bot silent or end the turn too, is not asked; the debug log says when it has. It takes no longer than
// Config.TurnTimeout and a second, or as the context allows. The error is that of the store, or of what finds
// out whether a typed text counts as a tap, or [ErrNoApp] for a page that is not served.
func (b *Bot) Explain(ctx context.Context, ev *receiving.Event) ([]routing.Explanation, error) {
	if b == nil {
		return nil, ErrNoBot
	}
	all, err := b.engine.Explain(With(ctx, b), ev)
	switch {
	case errors.Is(err, engine.ErrNotServed):
		return nil, fmt.Errorf("%w: page %q", ErrNoApp, ev.PageID)
	case err != nil:
		return nil, err
	}
	explained := make([]routing.Explanation, len(all))
	for i, e := range all {
		explained[i] = routing.Explanation(e)
	}
	return explained, nil
}

// ExplainDead is Explain for the event of a dead letter. It explains all routes; a replay
// runs those of them that the letter names as failed. It returns store.ErrNotFound if
// there is no such letter, and errors.ErrUnsupported if the store has no store.DeadLetters.
func (b *Bot) ExplainDead(ctx context.Context, id int64) ([]routing.Explanation, error) {
	if b == nil {
		return nil, ErrNoBot
	}
	dead, err := capability[store.DeadLetters](b, "DeadLetters")
	if err != nil {
		return nil, err
	}
	letters, err := dead.Dead(ctx, store.DeadQuery{After: id - 1, Limit: 1})
	switch {
	case err != nil:
		return nil, err
	case len(letters) == 0 || letters[0].ID != id:
		return nil, fmt.Errorf("messenger: dead letter %d: %w", id, store.ErrNotFound)
	}
	ev, err := b.engine.Decode(letters[0].Event)
	if err != nil {
		return nil, fmt.Errorf("messenger: dead letter %d: %w", id, err)
	}
	return b.Explain(ctx, ev)
}

// ExplainKept is Explain for an event that handling.SaveMessage has kept, by its page, its
// person (empty if it has none) and its key. If the store does not keep the product of
// events (store.Received.Object), the event is explained as not on standby, and one that
// Messenger and Instagram both have as one of Messenger. It returns store.ErrNotFound if
// there is no such event.
func (b *Bot) ExplainKept(ctx context.Context, pageID, psid, key string) ([]routing.Explanation, error) {
	if b == nil {
		return nil, ErrNoBot
	}
	kept, err := find(key, func(limit int) ([]store.Received, error) { return b.cfg.Store.Received(ctx, pageID, psid, limit) },
		func(r store.Received) string { return r.Key })
	if err != nil {
		return nil, fmt.Errorf("messenger: kept event %q: %w", key, err)
	}
	ev, err := b.engine.DecodeKept(kept)
	if err != nil {
		return nil, fmt.Errorf("messenger: kept event %q: %w", key, err)
	}
	return b.Explain(ctx, ev)
}

// ExplainWaiting is Explain for an event that waits in a conversation to be handled, by its key: also one whose turn has failed and is tried
// again. What was raised by the program ([Bot.Timers] lists it) is not found. The answer is about now: the events before it may change
// what it will meet. It returns store.ErrNotFound if no event of this key waits, and errors.ErrUnsupported if the store is no store.Peeker.
func (b *Bot) ExplainWaiting(ctx context.Context, pageID, psid, key string) ([]routing.Explanation, error) {
	if b == nil {
		return nil, ErrNoBot
	}
	peeker, err := capability[store.Peeker](b, "Peeker")
	if err != nil {
		return nil, err
	}
	waiting, err := find(key, func(limit int) ([]store.QueuedEvent, error) {
		return peeker.Peek(ctx, store.Conversation{PageID: pageID, PSID: psid}, limit)
	}, func(e store.QueuedEvent) string { return e.Key })
	if err != nil {
		return nil, fmt.Errorf("messenger: waiting event %q: %w", key, err)
	}
	ev, err := b.engine.Decode(waiting.Event)
	if err != nil {
		return nil, fmt.Errorf("messenger: waiting event %q: %w", key, err)
	}
	return b.Explain(ctx, ev)
}

// find reads more and more of a list until it has the entry with a key, or the whole list.
func find[T any](key string, read func(limit int) ([]T, error), keyOf func(T) string) (T, error) {
	var none T
	for limit := 100; ; limit *= 10 {
		all, err := read(limit)
		if err != nil {
			return none, err
		}
		for _, one := range all {
			if keyOf(one) == key {
				return one, nil
			}
		}
		if len(all) < limit {
			return none, store.ErrNotFound
		}
	}
}
