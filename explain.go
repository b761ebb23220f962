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
	kept, err := b.kept(ctx, pageID, psid, key)
	if err != nil {
		return nil, fmt.Errorf("messenger: kept event %q: %w", key, err)
	}
	ev, err := b.engine.DecodeKept(kept)
	if err != nil {
		return nil, fmt.Errorf("messenger: kept event %q: %w", key, err)
	}
	return b.Explain(ctx, ev)
}

// kept finds a kept event among those of its person.
func (b *Bot) kept(ctx context.Context, pageID, psid, key string) (store.Received, error) {
	for limit := 100; ; limit *= 10 {
		all, err := b.cfg.Store.Received(ctx, pageID, psid, limit)
		if err != nil {
			return store.Received{}, err
		}
		for _, r := range all {
			if r.Key == key {
				return r, nil
			}
		}
		if len(all) < limit {
			return store.Received{}, store.ErrNotFound
		}
	}
}
