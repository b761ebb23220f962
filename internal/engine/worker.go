package engine

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/djmessenger/messenger/store"
)

// worker acts for one leased conversation.
type worker struct {
	e     *Engine
	lease store.Lease
	held  *lease
	log   *slog.Logger
	clock storeClock
	// claimed is a time after which nothing of the inbox that this worker handles was stored, by the
	// store's clock; zero if there is none. What the program raises may be stored later; see next.
	claimed time.Time

	// level is the conversation's level of isolation, up to its first commit.
	level int
	// inside reports that the worker is in the turnstile beside others, and alone that
	// it has it for itself.
	inside, alone bool

	// due are the sends to make, as the last commit found them; there may be more.
	due  []store.QueuedSend
	more bool
	// skippedGroups are those whose remaining sends are not tried, and why.
	skippedGroups map[string]error
	// starting is the plan that a commit was to start and that was not made yet, or nil.
	starting *plan
	// results are those of sends since the last commit.
	results sendResults
	// aged reports that lease.Person, which is as it was when the lease was granted, may have
	// changed: that serves the first turn, and each later one reads it anew.
	aged bool
	// awaits is the send for whose echo the conversation rests.
	awaits string
	// inLine reports that the conversation rests until its place in the line of
	// its page.
	inLine bool
	// gone reports that the event of the last commit was no longer in the queue.
	gone bool
	// released reports that the lease was given back with a turn.
	released bool
	// next is the raised event that the last commit has handed out, or nil.
	next *store.QueuedEvent
	// vacated reports that the worker's slot is free for another, and left that it
	// was freed before the worker's end.
	vacated, left bool
}

// run works through the lease and gives it back.
func (w *worker) run() {
	defer w.leave() // after the last commit
	w.setDue(w.lease.Sends)
	var pause time.Duration
	var ok bool
	switch {
	case !w.held.safe():
		ok = true // the claim took so long; nothing has begun, and the next worker need not wait until the lease expires
	case !w.held.awaitBefore():
		ok = w.ownsLease()
	case w.recall():
		pause, ok = w.work()
	}
	w.noteNotMade()
	if ok && !w.released {
		w.makeRoom()
		w.release(pause)
	}
	w.keepResults(w.rest(pause))
}

// end gives back what the worker has of its process.
func (w *worker) end() {
	w.held.drop()
	w.vacate()
	if w.left {
		<-w.e.leaving
	}
	w.endIsolation()
}

// now is the current time by the store's clock.
func (w *worker) now() time.Time { return w.clock.now() }

// endIsolation frees the place on the conversation's level of isolation, once, and
// lets the next one that waits for it be claimed.
func (w *worker) endIsolation() {
	if w.level > 0 {
		w.e.isolation.free(w.level)
		w.level = 0
		w.e.hint()
	}
}

// vacate frees the worker's slot, once.
func (w *worker) vacate() {
	if !w.vacated {
		w.vacated = true
		w.e.freeSlot(w.lease.PageID, w.lease.Background)
	}
}

// makeRoom frees the slot while the lease is still to be given back: what takes the
// slot then shares a commit with that. Not more workers may be leaving than have
// slots; they would grow without bound while the store takes claims and no commits.
func (w *worker) makeRoom() {
	select {
	case w.e.leaving <- struct{}{}:
		w.left = true
		w.vacate()
	default:
	}
}

// work returns how long the conversation must rest, and whether the lease is
// still good.
func (w *worker) work() (pause time.Duration, ok bool) {
	if w.stopping() || !w.enter() {
		return 0, w.ownsLease()
	}
	if pause, ok = w.deliver(nil); !ok || pause > 0 {
		return pause, ok
	}
	events := w.lease.Events
	for handled := 1; len(events) > 0; handled++ {
		ev := events[0]
		events = events[1:]
		if w.stopping() || !w.yield() {
			return 0, w.ownsLease()
		}
		// What was sent is made durable before user code can end the process.
		if err := w.flush(); err != nil {
			return 0, false
		}
		at := position{last: len(events) == 0, more: handled < eventsPerLease}
		if w.level == store.IsolationLevels && ev.Seq != w.lease.Fatal {
			pause, ok = w.eventAlone(ev, at)
		} else {
			pause, ok = w.event(ev, ev.Seq == w.lease.Fatal, at)
		}
		w.endIsolation() // the turn is over, and it was not what ended processes
		if !ok || pause > 0 || w.released {
			return pause, ok
		}
		if w.next != nil {
			events, w.next = append(events, *w.next), nil
		}
	}
	return 0, true
}

// position is that of an event among those of its lease.
type position struct {
	// last reports that none is known to come after it, and more that another one may.
	last, more bool
}

// stopping reports whether no new turn may start.
func (w *worker) stopping() bool {
	select {
	case <-w.e.draining:
		return true
	default:
		return !w.held.safe() || !w.served()
	}
}

// served reports whether the page was not removed meanwhile. What runs then goes on to
// its end, and what waits stays in the store.
func (w *worker) served() bool { return w.e.served(w.lease.PageID) }

// ownsLease reports whether the lease is still this worker's to give back: it is
// not once it was lost, but it is at shutdown.
func (w *worker) ownsLease() bool { return !errors.Is(context.Cause(w.held.ctx), errLeaseLost) }

// hookContext is the context of the hooks that report a turn. A lease that was given back
// with the turn is renewed no more, which must not cut them short.
func (w *worker) hookContext() context.Context {
	if w.released {
		return w.held.parent
	}
	return w.held.ctx
}

// read reads from the store. While the store is away it tries again; it returns
// false when the lease is over.
func (w *worker) read(try func() error) bool {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, poll) {
		err := recovered(w.log, "a read of the store", try)
		if err == nil {
			return true
		}
		if w.held.ctx.Err() != nil {
			return false
		}
		w.log.Error("cannot read from the store; retrying until the lease expires", "error", err)
		select {
		case <-time.After(wait):
		case <-w.held.ctx.Done():
			return false
		}
	}
}
