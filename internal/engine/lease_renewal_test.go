package engine

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// renewing is a store that notes what it is asked to renew, and answers as it is told.
type renewing struct {
	store.Store
	takes time.Duration

	mu    sync.Mutex
	asked [][]store.LeaseID
	lost  []store.LeaseID
	err   error
}

func (r *renewing) Renew(_ context.Context, _ time.Duration, ids ...store.LeaseID) ([]store.LeaseID, error) {
	<-time.After(r.takes)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, ids)
	return r.lost, r.err
}

func leaseID(psid string) store.LeaseID {
	return store.LeaseID{Conversation: store.Conversation{PageID: "1", PSID: psid}}
}

// keeping runs a test with a keeper of leases of 15 s.
func keeping(t *testing.T, st *renewing, test func(t *testing.T, k *keeper)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		logger := slog.New(slog.DiscardHandler)
		k := newKeeper(Config{LeaseTTL: 15 * time.Second, Store: st, Logger: logger, Guard: NewGuard(logger)})
		ctx, stop := context.WithCancel(t.Context())
		var done sync.WaitGroup
		done.Go(func() { k.run(ctx) })
		defer done.Wait()
		defer stop()
		test(t, k)
	})
}

// passes lets time pass.
func passes(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// TestLeaseIsSafeForAsLongAsItIsRenewed: for 80 % of its time, from when it was asked for.
func TestLeaseIsSafeForAsLongAsItIsRenewed(t *testing.T) {
	t.Parallel()
	st := &renewing{takes: 2 * time.Second}
	keeping(t, st, func(t *testing.T, k *keeper) {
		l := k.hold(t.Context(), leaseID("2"), time.Now())
		defer l.drop()
		passes(41 * time.Second)
		require.True(t, l.safe())
		st.mu.Lock()
		st.err = errors.New("the store is away") // from the renewal that was asked for at 40 s
		st.mu.Unlock()
		passes(6*time.Second - time.Millisecond) // 12 s after the one of 35 s
		require.True(t, l.safe())
		require.NoError(t, l.ctx.Err())
		passes(time.Second)
		require.False(t, l.safe(), "what counts is when a renewal was asked for, not when it was answered")
		require.ErrorIs(t, context.Cause(l.ctx), errLeaseLost)
	})
}

// TestPausedLeaseIsNotSafe: a process that was paused may run its worker before the timer that ends
// the lease.
func TestPausedLeaseIsNotSafe(t *testing.T) {
	t.Parallel()
	keeping(t, &renewing{}, func(t *testing.T, k *keeper) {
		l := k.hold(t.Context(), leaseID("2"), time.Now())
		defer l.drop()
		require.True(t, l.safe())
		paused := time.Now().Add(-12 * time.Second)
		l.asked.Store(&paused) // as the clock shows it after the pause
		require.NoError(t, l.ctx.Err())
		require.False(t, l.safe())
	})
}

// TestLostLeaseEnds: a lease that the store has given to another process ends its worker, and the
// others go on.
func TestLostLeaseEnds(t *testing.T) {
	t.Parallel()
	st := &renewing{lost: []store.LeaseID{leaseID("2")}} // which it says again when it was not asked
	keeping(t, st, func(t *testing.T, k *keeper) {
		lost, kept := k.hold(t.Context(), leaseID("2"), time.Now()), k.hold(t.Context(), leaseID("3"), time.Now())
		defer lost.drop()
		defer kept.drop()
		passes(5 * time.Second)
		require.ErrorIs(t, context.Cause(lost.ctx), errLeaseLost)
		require.False(t, lost.safe())
		require.Equal(t, 7*time.Second, k.left(*lost.asked.Load()), "nor is it extended")
		passes(30 * time.Second)
		require.True(t, kept.safe())
		require.False(t, lost.safe())
		require.ElementsMatch(t, []store.LeaseID{leaseID("2"), leaseID("3")}, st.asked[0])
		for _, ids := range st.asked[1:] {
			require.Equal(t, []store.LeaseID{leaseID("3")}, ids, "a lost lease is not renewed: its worker may be stuck, and another one is to go on")
		}
	})
}

// TestExpiredLeaseIsNotRenewed: nor one whose time was over before it could be renewed, though its
// worker still runs.
func TestExpiredLeaseIsNotRenewed(t *testing.T) {
	t.Parallel()
	st := &renewing{err: errors.New("the store is away")}
	keeping(t, st, func(t *testing.T, k *keeper) {
		l := k.hold(t.Context(), leaseID("2"), time.Now())
		defer l.drop()
		passes(12 * time.Second)
		require.ErrorIs(t, context.Cause(l.ctx), errLeaseLost)
		st.mu.Lock()
		st.err, st.asked = nil, nil
		st.mu.Unlock()
		passes(time.Minute)
		require.Empty(t, st.asked)
		require.False(t, l.safe())
	})
}

// TestRenewalAfterTheTimerHasFired: an answer that comes too late does not bring a lease back.
func TestRenewalAfterTheTimerHasFired(t *testing.T) {
	t.Parallel()
	st := &renewing{takes: 4 * time.Second}
	keeping(t, st, func(t *testing.T, k *keeper) {
		l := k.hold(t.Context(), leaseID("2"), time.Now().Add(-5*time.Second)) // it is asked for again at 5 s, and ends at 7 s
		defer l.drop()
		passes(7 * time.Second)
		require.ErrorIs(t, context.Cause(l.ctx), errLeaseLost)
		passes(2 * time.Second)
		require.Len(t, st.asked, 1)
		require.False(t, l.safe())
		require.Negative(t, k.left(*l.asked.Load()), "by the clock too")
	})
}

// TestDroppedLeaseIsNotRenewed: it was given back.
func TestDroppedLeaseIsNotRenewed(t *testing.T) {
	t.Parallel()
	st := &renewing{}
	keeping(t, st, func(t *testing.T, k *keeper) {
		a, b := k.hold(t.Context(), leaseID("2"), time.Now()), k.hold(t.Context(), leaseID("3"), time.Now())
		a.drop()
		require.ErrorIs(t, context.Cause(a.ctx), context.Canceled)
		require.NotErrorIs(t, context.Cause(a.ctx), errLeaseLost)
		passes(5 * time.Second)
		b.drop()
		passes(time.Minute)
		require.Equal(t, [][]store.LeaseID{{leaseID("3")}}, slices.Clone(st.asked))
	})
}

// TestLeaseThatIsLockedCostsNoOther: of a renewal that could not extend all leases, those that it names go on by their last renewal, and
// the others by this one.
func TestLeaseThatIsLockedCostsNoOther(t *testing.T) {
	t.Parallel()
	st := &renewing{lost: []store.LeaseID{leaseID("4")}, err: &store.RenewError{Leases: []store.LeaseID{leaseID("2")}}}
	keeping(t, st, func(t *testing.T, k *keeper) {
		locked, free, lost := k.hold(t.Context(), leaseID("2"), time.Now()), k.hold(t.Context(), leaseID("3"), time.Now()), k.hold(t.Context(), leaseID("4"), time.Now())
		for _, l := range []*lease{locked, free, lost} {
			defer l.drop()
		}
		passes(6 * time.Second)
		require.ErrorIs(t, context.Cause(lost.ctx), errLeaseLost)
		require.True(t, locked.safe())
		passes(5 * time.Second) // the renewal of 10 s has met the lock, too
		require.True(t, locked.safe())
		passes(time.Second)
		require.False(t, locked.safe(), "12 s after it was granted")
		require.ErrorIs(t, context.Cause(locked.ctx), errLeaseLost)
		passes(time.Minute)
		require.True(t, free.safe())
	})
}
