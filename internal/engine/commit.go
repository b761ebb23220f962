package engine

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/djmessenger/messenger/store"
)

// errNotStored is what commit returns when the store does not take an outcome for as long as
// a lease lasts.
var errNotStored = errors.New("the store refused the outcome")

// commit makes an outcome durable, together with the results of sends before it, and
// takes the sends that are due, if it asks for them. The results do not travel with the
// end of an event, which may no longer be there: they go before it.
//
// When the store fails it tries again while the lease can be renewed, for as long as
// a lease lasts: then it returns errNotStored. What commit returns then, and
// ErrFenced, is logged here.
func (w *worker) commit(out store.Outcome) error {
	if out.Event != nil {
		if err := w.flush(); err != nil {
			return err
		}
	}
	err := w.commitWith(w.results, out)
	if errors.Is(err, errNotStored) && len(w.results) > 0 && w.held.safe() {
		w.log.Error("the store refuses the records of sends; they are left out", "error", err, "results", len(w.results))
		w.results = w.results.recordless()
		err = w.commitWith(w.results, out)
	}
	return err
}

func (w *worker) commitWith(sent sendResults, out store.Outcome) error {
	out.Lease = w.lease.LeaseID
	sent.addTo(&out)
	w.gone = false
	begun := time.Now()
	var giveUp <-chan time.Time // when the first try has failed
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, poll) {
		due, next, err := w.tryCommit(out)
		switch {
		case err == nil:
			if next != nil {
				out.Next(*next)
			}
			w.results = nil
			w.lease.Person = withWrites(w.lease.Person, out.Writes)
			w.setDue(due)
			return nil
		case refusesWrite(err):
			return err
		case errors.Is(err, store.ErrFenced):
			w.log.Warn("the lease was lost before the commit; the outcome was not applied, unless an earlier attempt was", "error", err)
			return err
		case errors.Is(err, store.ErrNotFound) && out.Event != nil:
			// An earlier try took effect and only its answer was lost, or the message was
			// unsent meanwhile, and nothing of its turn takes effect.
			w.log.Warn("the event is no longer in the queue: its outcome is already committed, or its message was unsent", "error", err)
			w.gone = true
			w.aged = true // which of these, only the store knows, and so what is true of the person
			if _, ok := w.person(); !ok {
				return err
			}
			out = store.Outcome{Lease: out.Lease, Start: out.Start, Due: out.Due, Release: out.Release, After: out.After}
			continue
		}
		w.log.Error("cannot commit to the store; retrying", "error", err)
		if giveUp == nil {
			giveUp = time.After(w.e.cfg.LeaseTTL - time.Since(begun))
		}
		select {
		case <-time.After(wait):
		case <-giveUp:
			return fmt.Errorf("%w: %w", errNotStored, err)
		case <-w.held.ctx.Done():
			return err
		}
	}
}

// tryCommit tries once, and returns the raised event that the store hands out, or nil. A call that was given up may still end: what
// it hands out is dropped.
func (w *worker) tryCommit(out store.Outcome) (due []store.QueuedSend, next *store.QueuedEvent, err error) {
	if out.Next == nil {
		due, err = w.e.cfg.commit(w.e.writing(), w.log, out)
		return due, nil, err
	}
	var handed atomic.Pointer[store.QueuedEvent]
	out.Next = func(ev store.QueuedEvent) { handed.Store(&ev) }
	due, err = w.e.cfg.commit(w.e.writing(), w.log, out)
	return due, handed.Load(), err
}

// flush commits the results of sends.
func (w *worker) flush() error {
	if !w.hasResults() {
		return nil
	}
	return w.commit(store.Outcome{})
}

// hasResults reports whether there are results of sends that are not durable yet.
func (w *worker) hasResults() bool {
	return len(w.results) > 0
}

// release gives the lease back. The conversation rests for the pause.
func (w *worker) release(pause time.Duration) {
	rest := w.rest(pause)
	err := w.commit(store.Outcome{Release: true, After: rest.after, UntilEvent: rest.untilEvent, Awaits: rest.awaits})
	if err == nil && !w.inLine { // the line of the page gives its own hint
		w.e.HintAfter(pause)
	}
}

// rest is how the conversation is to rest for a pause.
func (w *worker) rest(pause time.Duration) rest {
	return rest{after: pause, untilEvent: w.inLine && w.lease.Background, awaits: w.awaits}
}

// setDue takes the sends that are due.
func (w *worker) setDue(due []store.QueuedSend) {
	w.due, w.more = due, len(due) == eventsPerLease
}
