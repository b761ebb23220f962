package engine

import (
	"context"
	"errors"

	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// ErrNotServed is returned by Explain for an event of a page that is not served.
var ErrNotServed = errors.New("the page is not served")

// Explain says what a turn of an event would do by the policy in force for its page, with
// the person as they are stored. It asks conditions, ShouldHandle and Quiet in a turn's
// context, in which nothing can be queued, and calls nothing else.
func (e *Engine) Explain(ctx context.Context, ev *receiving.Event) ([]routes.Explanation, error) {
	person := store.Person{PageID: ev.PageID, PSID: ev.PSID}
	if ev.PSID != "" {
		stored, err := e.cfg.Store.Person(ctx, ev.PageID, ev.PSID)
		switch {
		case err == nil:
			person = stored
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	policy := e.cfg.Policy(ev.PageID)
	if policy == nil {
		return nil, ErrNotServed
	}
	clock, err := e.readClock(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, e.cfg.TurnTimeout)
	defer cancel()
	t := &turn{
		// What was offered before the event counts for a typed text. When it came is not
		// known here; when it happened is. What is stored was sent before now.
		w:      &worker{e: e, log: e.cfg.Logger, clock: clock},
		queued: store.QueuedEvent{ReceivedAt: ev.Time},
		ev:     ev,
		policy: policy,
		own:    e.owns(ev),
		state:  store.NewTurn(e.cfg.Store, person),
	}
	if mid := t.unidentifiedEcho(); mid != "" {
		if err := t.findEcho(ctx, mid); err != nil {
			return nil, err
		}
	}
	t.see(ctx, person)
	set := t.state.Begin("explain")
	set.Discard()
	return t.explain(set.Context(t.context(ctx)), policy)
}

// explain asks what the turn would ask.
func (t *turn) explain(ctx context.Context, policy *routes.Table) ([]routes.Explanation, error) {
	about := code{name: "what explains an event", log: t.w.log, about: []any{"event", t.ev.Key}}
	return run(ctx, t.w.e.guard, about, func(ctx context.Context) (explained []routes.Explanation, err error) {
		ask := t.w.e.cfg.Quiet.Wrap(func(ctx context.Context, ev *receiving.Event) (err error) {
			explained, err = policy.Explain(ctx, ev, t.own)
			return err
		})
		err = ask(ctx, t.ev)
		return explained, err
	})
}

// Decode decodes a stored event. A fault in the decoder is an error: the body came from
// outside.
func (e *Engine) Decode(stored store.Event) (ev *receiving.Event, err error) {
	err = recovered(e.cfg.Logger, "the decoder of an event", func() (err error) {
		if ev, _, err = decodeStored(stored.Body); err != nil {
			return err
		}
		return setRaised(ev, stored)
	})
	return ev, err
}

// DecodeKept decodes an event that SaveMessage has kept, which has neither its product nor
// its place in the callback: it is the one that has the key of the kept one. It is taken for one of
// Messenger if it could be of Instagram too, and for one that is not on standby.
func (e *Engine) DecodeKept(kept store.Received) (ev *receiving.Event, err error) {
	err = recovered(e.cfg.Logger, "the decoder of an event", func() error {
		ev = decodeKept(kept)
		return nil
	}, "event", kept.Key)
	if err == nil && ev == nil {
		err = errNotDecoded
	}
	return ev, err
}

var errNotDecoded = errors.New("the kept body is not the event of its key")
