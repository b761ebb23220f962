package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/djmessenger/messenger/internal/stack"
	"github.com/djmessenger/messenger/store"
)

func (e *Engine) hint() { notify(e.wake) }

// claim leases conversations and starts a worker for each, until ctx ends. It
// never leases more than there are free slots.
func (e *Engine) claim(ctx context.Context) {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	failures := 0
	for {
		free := e.slots.take(ctx)
		if free == 0 {
			return
		}
		// What is claimed while a turn runs alone would only wait for that, and other
		// processes could not have it.
		if open, closed := e.turnstile.closed(); closed {
			e.slots.put(free)
			select {
			case <-ctx.Done():
			case <-open:
			}
			continue
		}
		asked := time.Now()
		leases, err := e.claimOnce(free)
		read := time.Now()
		e.slots.put(free - len(leases))
		if len(leases) > 0 {
			e.clock.set(newStoreClock(leases[0].Now, read))
		}
		for i := range leases {
			e.start(&leases[i], asked, read)
		}
		if err != nil && ctx.Err() == nil {
			failures++
			e.cfg.Logger.Error("cannot claim work from the store; retrying", "error", err, "failures", failures)
		} else {
			if failures > 0 && err == nil {
				e.cfg.Logger.Warn("the store gives work again", "failures", failures)
			}
			failures = 0
		}
		if err == nil && len(leases) == free {
			continue // there may be more
		}
		wake, look := e.wake, e.shares.look()
		if err != nil {
			wake, look = nil, nil // a store that fails is asked by the poll only
		}
		for looks := false; !looks; {
			select {
			case <-ctx.Done():
				return
			case <-wake:
				looks = true
			case <-look:
				looks = true
			case <-ticker.C:
				looks = !e.yields.Swap(false)
			}
		}
	}
}

// freeSlot lets another worker start. Work for which there was no room before may have room now.
func (e *Engine) freeSlot(pageID string, background bool) {
	more := e.shares.release(pageID, background)
	e.slots.put(1)
	if more {
		e.hint()
	}
}

// claimOnce asks the store for work. What is claimed must have a worker: the context ends
// not with that of Run, but after storeTimeout or with the grace period. If the store
// answers later than that, the leases are given back; if its answer is lost, they expire.
func (e *Engine) claimOnce(free int) ([]store.Lease, error) {
	claim := store.Claim{
		Owner:         e.owner,
		Conversations: free,
		Events:        eventsPerLease,
		Serves:        e.cfg.Serves,
		Suspects:      e.isolation.room(),
		TTL:           e.cfg.LeaseTTL,
	}
	e.shares.ask(&claim)
	leases, err := e.lease(claim)
	if e.shares.leased(leases) {
		e.hint()
	}
	if e.only != nil {
		e.only.note(leases)
	}
	return leases, err
}

// lease makes a claim.
func (e *Engine) lease(claim store.Claim) (leases []store.Lease, err error) {
	if e.cfg.interruptible {
		err = recovered(e.cfg.Logger, "the store's Claim", func() (err error) {
			leases, err = e.cfg.Store.Claim(e.reading(), claim)
			return err
		})
		return leases, err
	}
	return run(e.reading(), e.guard, code{name: "the store's Claim", most: callsStuck}, func(ctx context.Context) ([]store.Lease, error) {
		leases, err := e.cfg.Store.Claim(ctx, claim)
		if len(leases) > 0 {
			whenLate(ctx, func() { e.giveBack(leases) })
		}
		return leases, err
	})
}

// giveBack releases leases that have no worker. It tries until they have expired: the store has
// only just answered a call that hung, and others may still hang.
func (e *Engine) giveBack(leases []store.Lease) {
	expired := time.NewTimer(e.cfg.LeaseTTL)
	defer expired.Stop()
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, poll) {
		var failed error
		leases = slices.DeleteFunc(leases, func(lease store.Lease) bool {
			_, err := e.cfg.commit(e.writing(), e.cfg.Logger, store.Outcome{Lease: lease.LeaseID, Release: true})
			if err == nil || errors.Is(err, store.ErrFenced) {
				return true
			}
			failed = err
			return false
		})
		e.hint()
		if failed == nil {
			return
		}
		select {
		case <-time.After(wait):
			continue
		case <-expired.C:
		case <-e.killed.Done():
		}
		e.cfg.Logger.Warn("cannot give back leases that the store has answered too late", "leases", len(leases), "error", failed)
		return
	}
}

// start runs a worker. The lease is counted from when it was asked for: it may
// last longer than this process thinks, never shorter. The store's clock is read from
// when the claim had returned, for the opposite reason.
func (e *Engine) start(lease *store.Lease, asked, read time.Time) {
	clock := newStoreClock(lease.Now, read)
	w := &worker{
		e: e, lease: *lease, clock: clock, claimed: clock.claimed(), level: store.IsolationLevel(lease.Deliveries - 1),
		held: e.keeper.hold(e.cfg.Keep(e.killed, lease.PageID), lease.LeaseID, asked),
		log:  e.cfg.Logger.With("page", lease.PageID, "person", lease.PSID),
	}
	e.isolation.take(w.level)
	e.workers.Go(func() {
		stack.Grow()
		defer w.end()
		w.run()
	})
}
