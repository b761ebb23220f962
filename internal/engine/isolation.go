package engine

import (
	"errors"
	"sync"
	"time"

	"github.com/djmessenger/messenger/store"
)

// isolation says how many conversations that were interrupted more than once run
// at a time in this process. See store.IsolationLevel.
type isolation struct {
	mu    sync.Mutex
	width store.Suspects // of each level
	taken store.Suspects
}

// newIsolation narrows the levels: a quarter of the workers, a sixteenth, one.
func newIsolation(workers int) *isolation {
	return &isolation{width: store.Suspects{max(workers/4, 1), max(workers/16, 1), 1}}
}

// room is how many more conversations of each level may run.
func (i *isolation) room() (room store.Suspects) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for level := range room {
		room[level] = i.width[level] - i.taken[level]
	}
	return room
}

// take takes a place on a level, unless that is 0.
func (i *isolation) take(level int) { i.add(level, 1) }

// free gives a place back.
func (i *isolation) free(level int) { i.add(level, -1) }

func (i *isolation) add(level, n int) {
	if level == 0 {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.taken[level-1] += n
}

// aloneFor is how long a conversation of the last level runs alone, if it needs so
// long, before the others in its process go on beside it. It doubles with each
// interruption, so that one that is slow delays the others little at first, and
// one that ends its process late is found too.
func aloneFor(deliveries int) time.Duration {
	const first = store.IsolationLevels + 2 // the deliveries of the first run on the last level
	return aloneAtFirst << min(max(deliveries-first, 0), aloneDoublings)
}

// enter waits until the worker's turn may run. It returns false if no turn may
// start any more.
func (w *worker) enter() bool {
	w.inside = w.e.turnstile.enter(w.held.ctx.Done(), w.e.draining)
	return w.inside && !w.stopping()
}

func (w *worker) leave() {
	if w.inside {
		w.inside = false
		w.e.turnstile.leave()
	}
}

// yield lets a turn that waits to run alone go first, between two turns or sends.
// The results of sends are made durable before that. It returns false if no turn may
// start any more.
func (w *worker) yield() bool {
	if _, closed := w.e.turnstile.closed(); !closed || w.alone {
		return true
	}
	if w.hasResults() && w.commit(store.Outcome{Due: eventsPerLease}) != nil {
		return false
	}
	w.leave()
	return w.enter()
}

// eventAlone runs one turn as event does, and no other turn of this process beside
// it, up to aloneFor. The event is marked meanwhile: if the process ends, it is not
// run again.
func (w *worker) eventAlone(ev store.QueuedEvent, at position) (pause time.Duration, ok bool) {
	w.leave()
	if !w.e.turnstile.enterAlone(w.held.ctx.Done(), w.e.draining) {
		return 0, w.ownsLease()
	}
	w.log.Warn("an event runs alone because the process ended each time it ran", "event", ev.Key, "interruptions", w.lease.Deliveries-1)
	if err := w.markAlone(ev.Seq); err != nil {
		w.e.turnstile.leaveAlone()
		w.log.Error("cannot mark an event that must run alone; retrying after its lease has expired", "event", ev.Key, "error", err)
		return 0, false
	}
	w.alone = true
	over := make(chan struct{})
	shared := make(chan bool, 1)
	go func() { shared <- w.shareAfter(aloneFor(w.lease.Deliveries), over) }()
	pause, ok = w.event(ev, false, at)
	close(over)
	w.alone = false
	if !<-shared {
		w.e.turnstile.share()
	}
	w.inside = true // for what follows in the conversation
	return pause, ok
}

// shareAfter takes the mark off when a turn has run alone for long enough, and lets
// others run beside it. It returns false if the turn was over before that.
func (w *worker) shareAfter(wait time.Duration, over <-chan struct{}) bool {
	for {
		select {
		case <-over:
			return false
		case <-time.After(wait):
		}
		err := w.markAlone(0)
		if err == nil || errors.Is(err, store.ErrFenced) {
			w.e.turnstile.share()
			return true
		}
		w.log.Error("cannot remove the mark of an event that ran alone; it continues alone", "error", err)
		wait = poll
	}
}
