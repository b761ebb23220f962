package engine_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// panics is a store whose calls panic while it is ill, except Claim.
type panics struct {
	store.Store

	interruptible bool
	ill           atomic.Bool
	calls         atomic.Int64
}

// Interruptible implements [store.Interruptible], if the test says so.
func (p *panics) Interruptible() store.Store {
	if p.interruptible {
		return p
	}
	return nil
}

func (p *panics) Unwrap() store.Store { return p.Store }

func (p *panics) check() {
	if p.ill.Load() {
		p.calls.Add(1)
		panic("the store is ill")
	}
}

func (p *panics) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	p.check()
	return p.Store.Commit(ctx, out)
}

func (p *panics) Apply(ctx context.Context, writes ...store.Write) error {
	p.check()
	return p.Store.Apply(ctx, writes...)
}

func (p *panics) Person(ctx context.Context, page, psid string) (store.Person, error) {
	p.check()
	return p.Store.Person(ctx, page, psid)
}

func (p *panics) Sent(ctx context.Context, page, psid string, limit int) ([]store.Sent, error) {
	p.check()
	return p.Store.Sent(ctx, page, psid, limit)
}

func (p *panics) Renew(ctx context.Context, ttl time.Duration, ids ...store.LeaseID) ([]store.LeaseID, error) {
	p.check()
	return p.Store.Renew(ctx, ttl, ids...)
}

// A store panics after a send was confirmed, for longer than a lease. The process lives, the send is not repeated, and what came
// meanwhile is answered afterwards; also if the store is called in the goroutines of workers.
func TestStoreThatPanicsIsAStoreThatFails(t *testing.T) {
	t.Parallel()
	for _, interruptible := range []bool{false, true} {
		t.Run(fmt.Sprint("interruptible ", interruptible), func(t *testing.T) {
			t.Parallel()
			st := &panics{Store: memory.New(memory.Config{}), interruptible: interruptible}
			fallIll := func(next sending.DeliverFunc) sending.DeliverFunc {
				return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
					result, err := next(ctx, d)
					if st.calls.Load() == 0 {
						st.ill.Store(true)
					}
					return result, err
				}
			}
			cfg := config{Store: st, Policy: texts(echo), SendMiddleware: []sending.Middleware{fallIll}}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "one")
				w.Says(ada, "two")
				after(time.Minute)
				require.Equal(t, []string{"you said one"}, w.Texts(ada))
				require.Positive(t, st.calls.Load())
				st.ill.Store(false)
				after(time.Minute)
				require.Equal(t, []string{"you said one", "you said two"}, w.Texts(ada))
				require.Equal(t, []store.SentOutcome{store.OutcomeSent, store.OutcomeSent}, outcomes(t, st, ada))
				require.Empty(t, w.Letters())
			})
		})
	}
}
