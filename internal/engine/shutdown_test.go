package engine_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// hanging is a store of which one operation hangs while it is ill: until its context ends, or for
// ever if it is deaf.
type hanging struct {
	store.Store
	store.Replicas
	store.Clock

	operation string
	deaf      bool
	ill       atomic.Bool
	end       chan struct{} // of the bubble
	calls     atomic.Int64  // that have hung
}

func (h *hanging) Unwrap() store.Store { return h.Store }

func (h *hanging) hang(ctx context.Context, operation string) error {
	if operation != h.operation || !h.ill.Load() {
		return nil
	}
	h.calls.Add(1)
	if h.deaf {
		<-h.end
		return errAway
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-h.end:
		return errAway
	}
}

func (h *hanging) Claim(ctx context.Context, c store.Claim) ([]store.Lease, error) {
	if err := h.hang(ctx, "Claim"); err != nil {
		return nil, err
	}
	return h.Store.Claim(ctx, c)
}

func (h *hanging) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	if err := h.hang(ctx, "Commit"); err != nil {
		return nil, err
	}
	return h.Store.Commit(ctx, out)
}

func (h *hanging) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) ([]store.LeaseID, error) {
	if err := h.hang(ctx, "Renew"); err != nil {
		return nil, err
	}
	return h.Store.Renew(ctx, ttl, leases...)
}

func (h *hanging) Apply(ctx context.Context, writes ...store.Write) error {
	if err := h.hang(ctx, "Apply"); err != nil {
		return err
	}
	return h.Store.Apply(ctx, writes...)
}

func (h *hanging) Purge(ctx context.Context, cutoffs store.Cutoffs) error {
	if err := h.hang(ctx, "Purge"); err != nil {
		return err
	}
	return h.Store.Purge(ctx, cutoffs)
}

func (h *hanging) Person(ctx context.Context, pageID, psid string) (store.Person, error) {
	if err := h.hang(ctx, "Person"); err != nil {
		return store.Person{}, err
	}
	return h.Store.Person(ctx, pageID, psid)
}

func (h *hanging) Wake(hint func()) func() {
	_ = h.hang(context.Background(), "Wake")
	return h.Store.Wake(hint)
}

func (h *hanging) Heartbeat(ctx context.Context, r store.Replica) ([]store.Replica, error) {
	if err := h.hang(ctx, "Heartbeat"); err != nil {
		return nil, err
	}
	return h.Replicas.Heartbeat(ctx, r)
}

func (h *hanging) Now(ctx context.Context) (time.Time, error) {
	if err := h.hang(ctx, "Now"); err != nil {
		return time.Time{}, err
	}
	return h.Clock.Now(ctx)
}

// TestRunReturnsWithinTheGracePeriodWhateverHangs has each operation of the store hang, before the
// stop and during it.
func TestRunReturnsWithinTheGracePeriodWhateverHangs(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"Claim", "Commit", "Renew", "Apply", "Purge", "Person", "Wake", "Heartbeat", "Now"} {
		for _, deaf := range []bool{false, true} {
			for _, grace := range []time.Duration{20 * time.Second, 2 * time.Second} {
				t.Run(fmt.Sprintf("%s, deaf %v, within %v", operation, deaf, grace), func(t *testing.T) {
					t.Parallel()
					memory := memory.New(memory.Config{})
					st := &hanging{Store: memory, Replicas: memory, Clock: memory, operation: operation, deaf: deaf}
					atStart := operation == "Wake" || operation == "Purge" || operation == "Now"
					policy := texts(route("slow", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
						if ev.Text() == "slow" {
							<-ctx.Done()
							return ctx.Err()
						}
						return reply.Now(ctx, sending.TypingOn) // which is applied to the store
					}))
					inBubble(t, simulator.Config{}, config{Policy: policy, Store: st, GracePeriod: grace}, func(w *world) {
						st.end = make(chan struct{})
						heal := sync.OnceFunc(func() { st.ill.Store(false); close(st.end) })
						defer heal()
						if atStart {
							w.Stop()
							st.ill.Store(true)
							w.start()
						}
						w.Says(lin, "slow")
						w.Says(ada, "one")
						after(time.Second)
						st.ill.Store(true)
						both := fmt.Sprintf(`{"object":"page","entry":[%s,%s]}`, entry(pageID, ada, "m_2", "two"), entry(pageID, ada, "m_3", "more"))
						require.Equal(t, 200, w.Posts(both).Code)
						after(5500 * time.Millisecond)
						w.Says(ada, "three")
						after(time.Second)
						begun := time.Now()
						w.Stop()
						require.LessOrEqual(t, time.Since(begun), grace)
						require.Positive(t, st.calls.Load(), "the operation was called")
						heal()
						after(time.Minute)
						w.start()
						after(5 * time.Minute)
						require.Zero(t, w.queue().Events, "all is handled")
						require.Equal(t, 1, w.queue().Dead, "but what is slow")
					})
				})
			}
		}
	}
}

// TestHandlerHasAllButTheReserveOfTheGracePeriod: its context ends a quarter, or three seconds,
// before the end.
func TestHandlerHasAllButTheReserveOfTheGracePeriod(t *testing.T) {
	t.Parallel()
	for grace, want := range map[time.Duration]time.Duration{20 * time.Second: 17 * time.Second, 4 * time.Second: 3 * time.Second} {
		t.Run(grace.String(), func(t *testing.T) {
			t.Parallel()
			var ended time.Time
			policy := texts(route("patient", func(ctx context.Context, _ *receiving.Event, _ *sending.Replier) error {
				<-ctx.Done()
				ended = time.Now()
				return ctx.Err()
			}))
			inBubble(t, simulator.Config{}, config{Policy: policy, GracePeriod: grace}, func(w *world) {
				w.Says(ada, "one")
				after(time.Second)
				begun := time.Now()
				w.Stop()
				require.Equal(t, want, ended.Sub(begun))
			})
		})
	}
}

func TestStopFinishesWhatRunsAndLosesNothing(t *testing.T) {
	t.Parallel()
	policy := texts(route("slow", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		time.Sleep(5 * time.Second)
		return reply.Reply(ctx, sending.Text("you said "+ev.Text()))
	}))
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "one")
		w.Says(ada, "two")
		after(time.Second)
		begun := time.Now()
		w.Stop()
		require.Equal(t, 4*time.Second, time.Since(begun).Round(time.Second), "the turn that ran is finished, no other begun")
		require.Equal(t, []string{"you said one"}, w.Texts(ada))
		w.start()
		after(6 * time.Second)
		require.Equal(t, []string{"you said one", "you said two"}, w.Texts(ada))
		person, err := w.Store.Person(t.Context(), pageID, ada)
		require.NoError(t, err)
		require.False(t, person.LastAct.IsZero())
	})
}

func TestGracePeriodEnds(t *testing.T) {
	t.Parallel()
	var runs atomic.Int32
	policy := texts(route("patient", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		if runs.Add(1) == 1 {
			<-ctx.Done()
			return ctx.Err()
		}
		return reply.Reply(ctx, sending.Text("done"))
	}))
	cfg := config{Policy: policy, GracePeriod: 2 * time.Second}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "one")
		after(time.Second)
		begun := time.Now()
		w.Stop()
		require.Equal(t, 2*time.Second, time.Since(begun).Round(time.Second))
		w.start()
		after(time.Second)
		require.Equal(t, []string{"done"}, w.Texts(ada), "the lease was given back, no attempt was counted, no pause kept")
	})
}
