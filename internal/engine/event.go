package engine

import (
	"errors"
	"time"

	"github.com/djmessenger/messenger/store"
)

// errFatal is what an event fails with that ended its process while it ran alone.
var errFatal = errors.New("the process ended while it ran this event and no other; the event was not run again")

// event runs one turn, commits it and delivers what it sends. A fatal event, which
// ended its process while it ran alone, is not run. The last event's turn gives the
// lease back, if it sends nothing and the store does not hand out the next raised event.
//
// If the store refuses an outcome for as long as a lease lasts, and renews the lease
// meanwhile, it is the outcome that cannot be stored: the turn has failed.
func (w *worker) event(ev store.QueuedEvent, fatal bool, at position) (pause time.Duration, ok bool) {
	t := newTurn(w, ev)
	switch {
	case t.policy == nil:
		return 0, w.ownsLease()
	case !t.decode(decodeStored):
	case fatal:
		t.fail(errFatal)
	case !t.run():
		return 0, w.ownsLease()
	}
	for refused := false; ; {
		if !t.tellFailure() {
			return 0, w.ownsLease()
		}
		out, retry := t.outcome()
		var first *plan
		switch {
		case retry.again:
			out.Release, out.After = true, retry.pause
		case len(out.Sends) > 0:
			out.Due = eventsPerLease
			if w.served() {
				first = w.planFirst(t, out)
			}
			if w.starting = first; first != nil {
				out.Start = first.send.Key
			}
		case at.last:
			out.Release = true
		}
		if ev.Raised.Is() && at.last && at.more && !retry.again && !w.stopping() {
			out.Next = func(next store.QueuedEvent) { w.next = &next }
		}
		err := w.commit(out)
		switch {
		case err == nil:
			w.released = out.Release && w.next == nil
			t.report(retry, out.Event.Failures)
			if retry.elsewhere {
				w.e.yields.Store(true)
			} else {
				w.e.HintAfter(out.After)
			}
			for _, s := range out.Sends {
				w.e.HintAfter(s.Delay)
			}
			w.e.hintRaised(out.Writes)
			if w.released || len(out.Sends) == 0 && w.next != nil {
				return 0, true
			}
			return w.deliver(first)
		case t.failWrite(err):
			w.starting = nil
		case errors.Is(err, errNotStored) && w.held.safe() && (!refused || t.keepsQuiet()):
			refused = true
			t.fail(err)
		default:
			return 0, false
		}
	}
}

// refusesWrite reports whether the store refuses a write of one route. It would take the outcome
// without what that route does.
func refusesWrite(err error) bool {
	var call *store.CallError
	var limit *store.RaiseLimitError
	return errors.As(err, &call) || errors.As(err, &limit) ||
		errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNoPerson)
}

// failWrite fails the route whose write the store refuses, so that the rest of the turn can
// be committed without it. It returns false if err is no such refusal.
func (t *turn) failWrite(err error) bool {
	var call *store.CallError
	var conflict *store.ConflictError
	var limit *store.RaiseLimitError
	switch {
	case errors.As(err, &call):
		t.failRoute(call.Route, call)
	case errors.As(err, &conflict):
		t.failRoute(t.routeOf(conflict), conflict)
	case errors.As(err, &limit):
		t.failRoute(limit.Route, limit)
	case errors.Is(err, store.ErrNoPerson):
		t.failRoute(t.routeOfStranger(), err)
	default:
		return false
	}
	return true
}
