//go:build linux

package storetest_test

import (
	"runtime"
	"sync"
	"time"
)

// turns make a store take the operations of a cohort as one group. While a transaction
// of others is under way a cohort launches its next operations, which then wait for the
// store together. The store's clock, which it reads when it has gathered a group, shows
// when a transaction begins, and holds it until those who have waited for it have
// launched.
type turns struct {
	mu        sync.Mutex
	changed   *sync.Cond
	begun     int       // transactions
	out       int       // cohorts that the store works for
	waiting   []*launch // cohorts that wait for a transaction of others
	launching int       // cohorts that hold a transaction
}

type launch struct {
	begun          int // transactions, at that time
	granted, holds bool
}

func newTurns() *turns {
	t := &turns{}
	t.changed = sync.NewCond(&t.mu)
	return t
}

// now is the store's clock.
func (t *turns) now() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun++
	for _, l := range t.waiting {
		t.grant(l, true)
	}
	t.waiting = nil
	t.changed.Broadcast()
	for t.launching > 0 {
		t.changed.Wait()
	}
	return time.Now()
}

// count returns how many transactions have begun.
func (t *turns) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.begun
}

func (t *turns) grant(l *launch, holds bool) {
	l.begun, l.granted, l.holds = t.begun, true, holds
	t.out++
	if holds {
		t.launching++
	}
}

// together runs the next operations of a cohort at the same time. Before is its launch
// before, nil for none: a transaction of others has begun after the one that it led to,
// unless there are no others.
func (t *turns) together(before *launch, group int, run func(i int)) *launch {
	l := t.enter(before)
	var wg sync.WaitGroup
	for i := range group {
		wg.Go(func() { run(i) })
	}
	for range 20 { // they come to the store
		runtime.Gosched()
	}
	if l.holds {
		t.mu.Lock()
		t.launching--
		t.changed.Broadcast()
		t.mu.Unlock()
	}
	wg.Wait()
	t.leave()
	return l
}

func (t *turns) enter(before *launch) *launch {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := &launch{}
	if before == nil || t.begun >= before.begun+2 || t.out == 0 {
		t.grant(l, false)
		return l
	}
	t.waiting = append(t.waiting, l)
	for !l.granted {
		t.changed.Wait()
	}
	return l
}

// leave ends the operations of a cohort. If there are no others no transaction will
// begin, so that one that waits goes on without.
func (t *turns) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.out--
	if t.out == 0 && len(t.waiting) > 0 {
		t.grant(t.waiting[0], false)
		t.waiting = t.waiting[1:]
		t.changed.Broadcast()
	}
}
