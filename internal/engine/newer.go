package engine

import (
	"context"
	"errors"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// newerEvents is how many of the newest waiting events are looked at: beside messages there are reads and deliveries.
const newerEvents = 32

// newerWatch cancels the context of a route when a newer message of the person waits.
type newerWatch struct {
	turn  *turn
	begun bool
	ctx   context.Context //nolint:containedctx // the one that it cancels
	end   context.CancelCauseFunc
}

// watchNewer prepares to cancel the context of a route, which begins when its handler does. A replay is wanted, whatever
// else waits.
func (t *turn) watchNewer(ctx context.Context, step routes.Step) (context.Context, context.CancelCauseFunc) {
	ctx, end := context.WithCancelCause(ctx)
	if !step.CancelOnNewer || len(t.queued.Only) > 0 {
		return ctx, end
	}
	w := &newerWatch{turn: t, end: end}
	ctx = turnctx.WithNewer(ctx, w.begin)
	w.ctx = ctx
	return ctx, end
}

// begin is called in the goroutine of the route. What the lease has handed out is known at once; the store is asked
// immediately and then each second, since any replica may store a message.
func (w *newerWatch) begin() {
	if w.begun {
		return
	}
	w.begun = true
	if w.turn.leaseHasNewer() {
		w.end(handling.ErrNewer)
		return
	}
	peeker, ok := store.As[store.Peeker](w.turn.w.e.cfg.Store)
	if !ok {
		return
	}
	w.turn.w.e.workers.Go(func() { w.run(peeker) })
}

func (w *newerWatch) run(peeker store.Peeker) {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	seen := map[int64]bool{}
	for {
		if w.storeHasNewer(peeker, seen) {
			w.end(handling.ErrNewer)
			return
		}
		select {
		case <-w.ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// storeHasNewer looks at what waits in the store and was not seen yet. If the store cannot say, it is asked again.
func (w *newerWatch) storeHasNewer(peeker store.Peeker, seen map[int64]bool) bool {
	t := w.turn
	waiting, err := run(w.ctx, t.w.e.guard, code{name: "the store's Peek", limit: storeTimeout, most: callsStuck},
		func(ctx context.Context) ([]store.QueuedEvent, error) {
			return peeker.Peek(ctx, t.w.lease.Conversation, newerEvents)
		})
	if err != nil {
		if w.ctx.Err() == nil && !errors.Is(err, context.Canceled) {
			t.w.log.Debug("cannot see whether a newer message waits", "error", err)
		}
		return false
	}
	for _, ev := range waiting {
		if ev.Seq == t.queued.Seq || seen[ev.Seq] {
			continue
		}
		seen[ev.Seq] = true
		if t.isNewer(ev.Body) {
			return true
		}
	}
	return false
}

// leaseHasNewer reports whether the lease has handed out a newer message, which is handled next.
func (t *turn) leaseHasNewer() bool {
	after := false
	for _, ev := range t.w.lease.Events {
		if after && t.isNewer(ev.Body) {
			return true
		}
		after = after || ev.Seq == t.queued.Seq
	}
	return false
}

// isNewer reports whether a stored event makes obsolete what came before: a message that the person wrote, or a tap.
func (t *turn) isNewer(body []byte) bool {
	newer := false
	_ = recovered(t.w.log, "the decoder of an event", func() error {
		ev, _, err := decodeStored(body)
		if err != nil || !ev.IsAct() {
			return err
		}
		switch ev.Payload.(type) {
		case *receiving.Message, *receiving.Postback:
			newer = true
		}
		return nil
	})
	return newer
}

// superseded reports whether a route has returned an error since a newer message has made its work obsolete. One that panics, or
// ignores the end of its context, has failed like any other.
func superseded(ctx context.Context, step routes.Step, err error) bool {
	switch {
	case !errors.Is(context.Cause(ctx), handling.ErrNewer), meaningOfResult(err) != resultFailed:
		return false
	case errors.Is(err, errStuck), errors.Is(err, errGoexit), isPanic(err):
		return false
	}
	_, keeps := errors.AsType[*turnctx.KeptError](err)
	return keeps || !watchesItself(step)
}

// watchesItself reports whether the handler of a step decides which of its work newer messages make obsolete.
func watchesItself(step routes.Step) bool {
	_, itself := step.Handler.(turnctx.Newer)
	return itself
}

// supersede notes that a newer message has superseded the route: what it has queued is dropped but for what its handler keeps
// for the newer message. It returns false when the turn is over.
func (t *turn) supersede(set *store.WriteSet, err error, result routeResult) bool {
	set.Discard()
	if kept, ok := errors.AsType[*turnctx.KeptError](err); ok {
		for _, write := range kept.Writes {
			if raise, ok := write.(store.Raise); ok {
				raise.Route = result.name
				write = raise
			}
			result.writes = append(result.writes, write)
		}
	}
	t.w.e.counts.superseded.Add(1)
	t.w.log.Info("a newer message has superseded a route", "event", t.ev.Key, "route", result.name)
	return t.end(result)
}
