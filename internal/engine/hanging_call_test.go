package engine_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// hangsOnce is a store of which one call of an operation does not return until the end, whatever its context says.
type hangsOnce struct {
	*memory.Store
	operation string
	end       chan struct{}
	hung      atomic.Bool
	later     atomic.Int32 // calls of the operation after that
}

func (h *hangsOnce) call(operation string) {
	switch {
	case operation != h.operation:
	case h.hung.CompareAndSwap(false, true):
		<-h.end
	default:
		h.later.Add(1)
	}
}

func (h *hangsOnce) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	h.call("Claim")
	return h.Store.Claim(ctx, claim)
}

func (h *hangsOnce) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) ([]store.LeaseID, error) {
	h.call("Renew")
	return h.Store.Renew(ctx, ttl, leases...)
}

func (h *hangsOnce) Heartbeat(ctx context.Context, replica store.Replica) ([]store.Replica, error) {
	h.call("Heartbeat")
	return h.Store.Heartbeat(ctx, replica)
}

// One call that does not return costs no later one: leases are renewed, conversations claimed and heartbeats sent, and a
// turn that is longer than a lease takes effect.
func TestOneCallThatHangsStopsNoOthers(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"Claim", "Renew", "Heartbeat"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			var runs atomic.Int32
			policy := texts(route("slow", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
				runs.Add(1)
				time.Sleep(28 * time.Second)
				return reply.Reply(ctx, sending.Text("at last"))
			}))
			synctest.Test(t, func(t *testing.T) {
				st := &hangsOnce{Store: memory.New(memory.Config{}), operation: operation, end: make(chan struct{})}
				w := newWorld(t, simulator.Config{}, config{Policy: policy, Store: st})
				w.Says(ada, "go")
				after(time.Minute)
				require.Equal(t, []string{"at last"}, w.Texts(ada))
				require.EqualValues(t, 1, runs.Load())
				require.Greater(t, st.later.Load(), int32(2))
				require.Equal(t, 1, w.engine.Counts().Stuck)
				close(st.end)
				after(time.Second)
				require.Zero(t, w.engine.Counts().Stuck)
				require.NoError(t, w.Close())
				w.Stop()
			})
		})
	}
}
