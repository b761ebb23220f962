package engine

import (
	"time"

	"github.com/djmessenger/messenger/store"
)

// deliver makes the sends that are due, one after another: each is planned, started by
// a commit, made and recorded. The commit of a turn may have planned and started the
// first one: see planFirst. It returns how long the conversation must rest before the
// next can go out, and whether the lease is still good.
func (w *worker) deliver(started *plan) (pause time.Duration, ok bool) {
	if started == nil {
		if wait := w.awaitHolder(); wait > 0 {
			return wait, true
		}
	}
	for {
		if len(w.due) == 0 {
			if !w.more {
				return 0, true
			}
			if err := w.commit(store.Outcome{Due: eventsPerLease}); err != nil {
				return 0, false
			}
			started = nil
			continue
		}
		// A send that is marked as started is made before all else.
		if !w.held.safe() || started == nil && (!w.served() || !w.yield()) {
			return 0, w.ownsLease()
		}
		if len(w.due) == 0 {
			continue // what was due has changed meanwhile
		}
		p := started
		if started = nil; p == nil || p.send.Key != w.due[0].Key {
			p = w.plan(newPlan(w.due[0]), w.lease.Person)
			switch {
			case p.rest > 0:
				w.awaits, w.inLine = p.awaits, p.inLine
				return p.rest, true
			case p.refusal != nil:
				w.due = w.due[1:]
				w.recordRefusal(p)
				continue
			}
			w.starting = p
			if err := w.commit(store.Outcome{Start: p.send.Key, Due: eventsPerLease}); err != nil {
				return 0, false
			}
			if len(w.due) == 0 || w.due[0].Key != p.send.Key {
				w.starting = nil
				continue // its echo has arrived, or another came before it
			}
		}
		w.due = w.due[1:]
		if pause = w.attempt(p); pause > 0 {
			return pause, true
		}
	}
}
