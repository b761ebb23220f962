package engine

import (
	"sync"
	"time"
)

// dueHints are the times at which something that this process knows of becomes due. All that is due in one millisecond has one
// timer and gives one hint: ten thousand timers of people may be due together.
type dueHints struct {
	began time.Time // from which milliseconds are counted, by the monotonic clock

	mu      sync.Mutex
	waiting map[int64]struct{}
}

// add notes that something is due after a time. It returns how long to wait for the end of the millisecond, and the number
// of that; or false if it is noted already.
func (d *dueHints) add(after time.Duration) (wait time.Duration, number int64, first bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	since := time.Since(d.began)
	end := (since + after + time.Millisecond - 1).Truncate(time.Millisecond)
	number = end.Milliseconds()
	_, noted := d.waiting[number]
	d.waiting[number] = struct{}{}
	return end - since, number, !noted
}

func (d *dueHints) remove(number int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.waiting, number)
}

// HintAfter gives a hint when what this process knows of becomes due, also if it is background work. What it does not know of, and
// what is due later than a timer is kept for, the poll finds.
func (e *Engine) HintAfter(wait time.Duration) {
	if wait <= 0 || wait > hintWithin {
		return
	}
	wait, number, first := e.dueHints.add(wait + time.Millisecond) // the store's clock may be coarser
	if !first {
		return
	}
	if !e.timers.after(wait, func() {
		e.dueHints.remove(number)
		e.shares.lookNow()
		e.hint()
	}) {
		e.dueHints.remove(number) // a program may raise signals after Run
	}
}
