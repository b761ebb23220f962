package messenger_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// A process that dies leaves as many suspects as it had workers. They run one at
// a time, and each as soon as the one before it has ended.
func TestSuspectsFollowEachOtherAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Policy: texts(echo)}, func(w *world) {
		w.leavesSuspects(20, "hi")
		w.start()
		after(time.Second)
		for i := range 20 {
			require.Equal(t, []string{"you said hi"}, w.texts(fmt.Sprint(70+i)))
		}
	})
}

// lateRenew is a store whose renewals fail until a time.
type lateRenew struct {
	store.Store
	until time.Time
}

func (l *lateRenew) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) ([]store.LeaseID, error) {
	if time.Now().Before(l.until) {
		return nil, context.DeadlineExceeded
	}
	return l.Store.Renew(ctx, ttl, leases...)
}

// A worker that has lost its lease and is stuck holds its person up no longer:
// what it has lost is not renewed behind its back.
func TestStuckWorkersLostLeaseIsNotRenewed(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	stuck := func(next sending.DeliverFunc) sending.DeliverFunc {
		return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
			if tries.Add(1) == 1 {
				time.Sleep(10 * time.Minute)
			}
			return next(ctx, d)
		}
	}
	st := &lateRenew{Store: store.NewMemory()}
	cfg := messenger.Config{Policy: texts(echo), Store: st, SendMiddleware: []sending.Middleware{stuck}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		st.until = time.Now().Add(13 * time.Second) // the lease is given up after 12
		w.says(ada, "hi")
		after(30 * time.Second)
		require.Equal(t, []string{"you said hi"}, w.texts(ada))
		after(10 * time.Minute)
		require.Equal(t, []string{"you said hi"}, w.texts(ada))
	})
}
