package engine

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// worker acts for one leased conversation.
type worker struct {
	e     *Engine
	lease store.Lease
	held  *lease
	log   *slog.Logger

	// settled is what sends came to since the last commit.
	settled store.Outcome
	// inLine reports that the conversation rests until its place in the line of
	// its page.
	inLine bool
}

// run works through the lease and gives it back.
func (w *worker) run() {
	if pause, ok := w.work(); ok {
		w.release(pause)
	}
}

// work returns how long the conversation must rest, and whether the lease is
// still good.
func (w *worker) work() (pause time.Duration, ok bool) {
	if w.stopping() {
		return 0, w.mine()
	}
	if pause, ok = w.deliver(w.lease.Sends); !ok || pause > 0 {
		return pause, ok
	}
	if len(w.lease.Sends) == eventsPerLease {
		// There may be more, which go out before the events' answers.
		if pause, ok = w.deliverDue(); !ok || pause > 0 {
			return pause, ok
		}
	}
	for i, ev := range w.lease.Events {
		if w.stopping() {
			return 0, w.mine()
		}
		// What was sent is made durable before user code can end the process.
		if err := w.flush(); err != nil {
			return 0, false
		}
		pause, ok = w.event(ev, i == 0 && w.lease.Starts > len(w.e.cfg.Pauses)+1)
		if !ok || pause > 0 {
			return pause, ok
		}
	}
	return 0, true
}

// stopping reports whether no new turn may start.
func (w *worker) stopping() bool {
	select {
	case <-w.e.draining:
		return true
	default:
		return !w.held.safe()
	}
}

// mine reports whether the lease is still this worker's to give back: it is
// not once it was lost, but it is at shutdown.
func (w *worker) mine() bool { return !errors.Is(context.Cause(w.held.ctx), errLeaseLost) }

// event runs one turn, commits it and delivers what it sends. An event whose
// starts are used up, because each time the process ended, is not run.
func (w *worker) event(ev store.QueuedEvent, deadly bool) (pause time.Duration, ok bool) {
	t := newTurn(w, ev)
	switch {
	case !t.decode():
	case deadly:
		t.fail(errDeadly)
	case !t.run():
		return 0, w.mine()
	}
	for {
		out, again := t.outcome()
		err := w.commit(out)
		var call *store.CallError
		var conflict *store.ConflictError
		switch {
		case err == nil:
			t.report(again)
			if again {
				return w.e.pause(ev.Attempts), true
			}
			if len(out.Sends) == 0 {
				return 0, true
			}
			for _, s := range out.Sends {
				w.e.HintAfter(s.Delay)
			}
			return w.deliverDue()
		case errors.As(err, &call):
			t.failRoute(call.Route, call)
		case errors.As(err, &conflict):
			t.failRoute(t.routeOf(conflict), conflict)
		default:
			return 0, false
		}
	}
}

// deliverDue delivers what is due in the conversation: what a turn has just
// sent, and before it what was sent from elsewhere meanwhile.
func (w *worker) deliverDue() (pause time.Duration, ok bool) {
	for {
		if err := w.flush(); err != nil {
			return 0, false
		}
		sends, ok := w.due()
		if !ok {
			return 0, w.mine()
		}
		if pause, ok := w.deliver(sends); !ok || pause > 0 || len(sends) < eventsPerLease {
			return pause, ok
		}
	}
}

// due reads the sends that are due. It returns false when the lease is over.
func (w *worker) due() (sends []store.QueuedSend, ok bool) {
	ok = w.read(func() (err error) {
		sends, err = w.e.cfg.Store.Due(w.held.ctx, w.lease.LeaseID, eventsPerLease)
		if errors.Is(err, store.ErrFenced) {
			w.held.end(errLeaseLost)
		}
		return err
	})
	return sends, ok
}

// read reads from the store. While the store is away it tries again; it returns
// false when the lease is over.
func (w *worker) read(try func() error) bool {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, poll) {
		err := try()
		if err == nil {
			return true
		}
		if w.held.ctx.Err() != nil {
			return false
		}
		w.log.Error("cannot read from the store; trying again while the lease lasts", "error", err)
		select {
		case <-time.After(wait):
		case <-w.held.ctx.Done():
			return false
		}
	}
}

// pause is how long to wait after a turn has failed.
func (e *Engine) pause(attempts int) time.Duration {
	return e.cfg.Pauses[min(attempts, len(e.cfg.Pauses)-1)]
}

// flush commits what sends came to.
func (w *worker) flush() error {
	if len(w.settled.Results) == 0 && len(w.settled.Writes) == 0 {
		return nil
	}
	return w.commit(store.Outcome{})
}

// release gives the lease back. The conversation rests for the pause.
func (w *worker) release(pause time.Duration) {
	err := w.commit(store.Outcome{Release: true, After: pause})
	if err == nil && !w.inLine { // who looks after the line finds it
		w.e.HintAfter(pause)
	}
}

// commit makes an outcome durable, together with what sends came to before it.
// When the store fails it tries again, for as long as a lease lasts: then the
// lease is left to run out, and if it is the outcome that the store cannot take,
// not the store that is away, the event's starts will be used up. What commit
// returns then, and ErrFenced, is logged here.
func (w *worker) commit(out store.Outcome) error {
	out.Lease = w.lease.LeaseID
	out.Results = slices.Concat(w.settled.Results, out.Results)
	out.Writes = slices.Concat(w.settled.Writes, out.Writes)
	// The context must not end while the commit is under way: nobody would
	// know whether it took effect.
	ctx := context.WithoutCancel(w.held.ctx)
	giveUp := time.After(w.e.cfg.LeaseTTL)
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, poll) {
		err := w.e.cfg.Store.Commit(ctx, out)
		var call *store.CallError
		switch {
		case err == nil:
			w.settled = store.Outcome{}
			return nil
		case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrSendGone), errors.As(err, &call):
			return err
		case errors.Is(err, store.ErrFenced):
			w.log.Warn("the lease was lost before the commit; nothing of it took effect", "error", err)
			return err
		case errors.Is(err, store.ErrNotFound):
			// An earlier try took effect, and only its answer was lost.
			w.log.Warn("the outcome has been committed already", "error", err)
			w.settled = store.Outcome{}
			return nil
		}
		w.log.Error("cannot commit to the store; trying again", "error", err)
		select {
		case <-time.After(wait):
		case <-giveUp:
			return err
		case <-w.held.ctx.Done():
			return err
		}
	}
}
