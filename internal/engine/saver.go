package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// run saves what is kept, until stop is closed.
func (u *unsaved) run(stop <-chan struct{}) {
	for failures := 0; ; {
		if u.save() {
			failures = 0
		} else {
			failures++
		}
		var again <-chan time.Time
		if u.waits() {
			again = time.After(min(100*time.Millisecond<<min(failures, 10), poll))
		}
		wake := u.wake
		if failures > 0 {
			wake = nil // hints must not hurry a store that is ill
		}
		select {
		case <-wake:
		case <-again:
		case <-stop:
			if n := u.unsettled(); n > 0 {
				u.cfg.Logger.Error("the store did not take the results of sends before the shutdown; their messages count as unknown", "results", n)
			}
			return
		}
	}
}

// await waits until all results are saved. It returns false at the end of the time.
func (u *unsaved) await(end time.Time) bool {
	timer := time.NewTimer(time.Until(end))
	defer timer.Stop()
	for u.unsettled() > 0 {
		select {
		case <-u.progress:
		case <-timer.C:
			return false
		}
	}
	return true
}

// save saves what is kept, up to the first failure. It returns false if there was one.
func (u *unsaved) save() bool {
	u.mu.Lock()
	round := slices.Clone(u.queue)
	u.mu.Unlock()
	for _, k := range round {
		if !u.begin(k) {
			continue
		}
		fenced, err := u.commit(k)
		u.end(k, fenced, err)
		if err != nil {
			u.cfg.Logger.Error("cannot save the results of sends; retrying", "page", k.lease.PageID, "person", k.lease.PSID, "error", err)
			return false
		}
	}
	return u.saveRecords()
}

// commit saves results under the lease that they are from, and gives it back. If that is
// no longer current, fenced is true, and what was delivered is settled.
func (u *unsaved) commit(k *kept) (fenced bool, err error) {
	ctx, cancel := context.WithTimeout(u.writing(), u.cfg.LeaseTTL/3)
	defer cancel()
	out := store.Outcome{Lease: k.lease, Release: true, After: k.rest.after, UntilEvent: k.rest.untilEvent, Awaits: k.rest.awaits}
	k.results.addTo(&out)
	if _, err = u.cfg.commit(ctx, u.cfg.Logger, out); !errors.Is(err, store.ErrFenced) {
		if err == nil {
			u.hintAfter(k.rest.after)
		}
		return false, err
	}
	if writes := k.results.settlements(k.lease.Conversation); len(writes) > 0 {
		return true, u.cfg.apply(ctx, writes...)
	}
	return true, nil
}

// saveRecords saves the records of messages that were not in the outbox, up to the first
// failure. It returns false if there was one.
func (u *unsaved) saveRecords() bool {
	for {
		u.mu.Lock()
		if len(u.records) == 0 {
			u.mu.Unlock()
			return true
		}
		record := u.records[0]
		u.mu.Unlock()
		if err := u.apply(record); err != nil {
			u.cfg.Logger.Error("cannot save the record of a message; retrying", "error", err)
			return false
		}
		u.mu.Lock()
		u.records = u.records[1:] // only this goroutine removes any
		u.mu.Unlock()
	}
}

func (u *unsaved) apply(write store.Write) error {
	ctx, cancel := context.WithTimeout(u.writing(), u.cfg.LeaseTTL/3)
	defer cancel()
	return u.cfg.apply(ctx, write)
}
