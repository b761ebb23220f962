package engine

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/djmessenger/messenger/store"
)

// storeClock is the store's clock as this process reads it: what it showed at a claim, and
// the time since then by the process's monotonic clock. So replicas need not agree on the
// time, and a step of this process's clock changes nothing.
//
// It never shows more than the store's clock does. What is stamped by it under one lease is
// therefore earlier than the claim of the next.
type storeClock struct {
	shown time.Time // by the store; zero if it did not say: then the process's own clock counts
	read  time.Time // after the claim, with a monotonic reading
}

// newStoreClock returns the clock of a lease, whose claim had returned at that time. Times
// are stored to the microsecond, and so is this one.
func newStoreClock(shown, read time.Time) storeClock {
	return storeClock{shown: shown.Truncate(time.Microsecond), read: read}
}

func (c storeClock) now() time.Time {
	if c.shown.IsZero() {
		return time.Now()
	}
	return c.shown.Add(time.Since(c.read).Truncate(time.Microsecond)) // as times are stored
}

// claimed is the time of the claim.
func (c storeClock) claimed() time.Time {
	if c.shown.IsZero() {
		return c.read
	}
	return c.shown
}

// latestClock is the clock of the latest claim, for stores that show theirs in leases only.
// Before the first one it is the process's own.
type latestClock struct{ latest atomic.Pointer[storeClock] }

func (l *latestClock) set(c storeClock) { l.latest.Store(&c) }

func (l *latestClock) get() storeClock {
	if c := l.latest.Load(); c != nil {
		return *c
	}
	return storeClock{}
}

// readClock returns the store's clock for what is done outside of leases.
func (e *Engine) readClock(ctx context.Context) (storeClock, error) {
	clock, ok := store.As[store.Clock](e.cfg.Store)
	if !ok {
		return e.clock.get(), nil
	}
	now, err := clock.Now(ctx)
	return newStoreClock(now, time.Now()), err
}
