package engine_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// times notes when something happened, counted from the first time.
type times struct {
	mu sync.Mutex
	at []time.Time
}

// note returns how often it was called.
func (n *times) note() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.at = append(n.at, time.Now())
	return len(n.at)
}

func (n *times) list() []time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []time.Duration
	for _, at := range n.at {
		out = append(out, at.Sub(n.at[0]))
	}
	return out
}

func TestLongTurnKeepsItsLease(t *testing.T) {
	t.Parallel()
	var runs atomic.Int32
	policy := texts(route("long", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		runs.Add(1)
		select {
		case <-time.After(25 * time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
		return errors.Join(thumb(ctx, ev, reply), reply.Reply(ctx, sending.Text("done")))
	}))
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		stopFirst := w.Stop
		w.start() // a second replica would take a lease that runs out
		w.Says(ada, "go")
		after(24 * time.Second)
		require.Empty(t, w.Texts(ada))
		after(time.Minute)
		require.EqualValues(t, 1, runs.Load())
		require.Equal(t, []string{"done"}, w.Texts(ada))
		require.Equal(t, 1, w.Person(ada).ThumbUps)
		stopFirst()
	})
}

func TestNothingBeginsOnALeaseThatCannotBeRenewed(t *testing.T) {
	t.Parallel()
	t.Run("no handler", func(t *testing.T) {
		t.Parallel()
		var first, second times
		policy := texts(
			route("first", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
				if first.note() == 1 {
					time.Sleep(12*time.Second + 500*time.Millisecond)
				}
				return thumb(ctx, ev, reply)
			}),
			route("second", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
				second.note()
				return reply.Reply(ctx, sending.Text("done"))
			}),
		)
		inBubble(t, simulator.Config{}, config{Policy: policy, Store: &bubble.NoRenew{Store: memory.New(memory.Config{})}}, func(w *world) {
			w.Says(ada, "go")
			after(time.Minute)
			require.Len(t, first.list(), 2)
			require.GreaterOrEqual(t, first.list()[1], 14*time.Second, "a lost lease is not given back, it runs out")
			require.Len(t, second.list(), 1, "it was not begun the first time")
			require.Equal(t, []string{"done"}, w.Texts(ada))
			require.Equal(t, 1, w.Person(ada).ThumbUps)
			require.Zero(t, w.engine.Counts().Retried, "no attempt was counted")
		})
	})
	t.Run("no send", func(t *testing.T) {
		t.Parallel()
		var begun times
		slow := func(next sending.DeliverFunc) sending.DeliverFunc {
			return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
				if begun.note() == 1 {
					time.Sleep(12*time.Second + 500*time.Millisecond)
					return graph.SendResult{MID: "m_slow"}, nil
				}
				return next(ctx, d)
			}
		}
		st := &claims{Store: &bubble.NoRenew{Store: memory.New(memory.Config{})}}
		cfg := config{
			Policy: texts(three), Store: st, SendTimeout: 20 * time.Second,
			SendMiddleware: []sending.Middleware{slow},
		}
		inBubble(t, simulator.Config{}, cfg, func(w *world) {
			w.Says(ada, "go")
			after(12 * time.Second)
			require.EqualValues(t, 1, st.leases.Load())
			after(time.Minute)
			require.EqualValues(t, 2, st.leases.Load(), "the second message is sent under a lease of its own")
			require.Equal(t, []string{"2", "3"}, w.Texts(ada), "the middleware has delivered the first one, and that stays known")
		})
	})
}

// claims is a store that counts the leases which it hands out.
type claims struct {
	store.Store

	leases atomic.Int32
}

func (c *claims) Unwrap() store.Store { return c.Store }

func (c *claims) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	leases, err := c.Store.Claim(ctx, claim)
	c.leases.Add(int32(len(leases)))
	return leases, err
}

func TestForgottenPersonsTurnEndsWithTheNextRenewal(t *testing.T) {
	t.Parallel()
	var ended time.Duration
	policy := texts(route("wait", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		begun := time.Now()
		<-ctx.Done()
		ended = time.Since(begun)
		return errors.Join(thumb(ctx, ev, reply), reply.Reply(ctx, sending.Text("who are you?")))
	}))
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "forget me")
		after(time.Second)
		require.NoError(t, w.Store.Forget(t.Context(), store.Conversation{PageID: pageID, PSID: ada}))
		after(time.Minute)
		require.Greater(t, ended, time.Second)
		require.LessOrEqual(t, ended, 6*time.Second, "leases are renewed every 5 s")
		require.Empty(t, w.Texts(ada))
		require.Zero(t, w.Person(ada))
	})
}

// What a turn sends directly while its person is forgotten leaves no record of them.
func TestActionAfterItsPersonWasForgottenLeavesNoRecord(t *testing.T) {
	t.Parallel()
	for _, forget := range []bool{false, true} {
		t.Run(strconv.FormatBool(forget), func(t *testing.T) {
			t.Parallel()
			policy := texts(route("acts", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
				time.Sleep(2 * time.Second)
				return reply.Now(ctx, sending.TypingOn)
			}))
			inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
				w.Says(ada, "hello")
				after(time.Second)
				if forget {
					require.NoError(t, w.Store.Forget(t.Context(), store.Conversation{PageID: pageID, PSID: ada}))
				}
				after(time.Minute)
				sent, err := w.Store.Sent(w.T.Context(), pageID, ada, 10)
				require.NoError(t, err)
				require.Equal(t, !forget, len(sent) == 1)
			})
		})
	}
}

func TestTurnThatShutdownCutsShortHasNoEffect(t *testing.T) {
	t.Parallel()
	var runs, others atomic.Int32
	policy := texts(
		route("patient", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			if runs.Add(1) > 1 {
				return reply.Reply(ctx, sending.Text("whole"))
			}
			<-ctx.Done()
			return errors.Join(thumb(ctx, ev, reply), reply.Reply(ctx, sending.Text("half")))
		}),
		route("other", func(context.Context, *receiving.Event, *sending.Replier) error { others.Add(1); return nil }),
	)
	inBubble(t, simulator.Config{}, config{Policy: policy, GracePeriod: time.Second}, func(w *world) {
		w.Says(ada, "go")
		after(time.Second)
		w.Stop()
		require.Zero(t, others.Load(), "no handler begins after the lease was given up")
		require.Zero(t, w.Person(ada))
		w.start()
		after(time.Second)
		require.Equal(t, []string{"whole"}, w.Texts(ada))
		require.Zero(t, w.Person(ada).ThumbUps)
		require.EqualValues(t, 2, runs.Load())
	})
}

// lateRenew is a store whose renewals fail until a time.
type lateRenew struct {
	store.Store
	until time.Time
}

func (l *lateRenew) Unwrap() store.Store { return l.Store }

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
	st := &lateRenew{Store: memory.New(memory.Config{})}
	cfg := config{Policy: texts(echo), Store: st, SendMiddleware: []sending.Middleware{stuck}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		st.until = time.Now().Add(13 * time.Second) // the lease is given up after 12
		w.Says(ada, "hi")
		after(30 * time.Second)
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
		after(10 * time.Minute)
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
	})
}

// slowCommit is a store that cannot renew leases and whose first outcome of an event takes longer
// than a lease is safe.
type slowCommit struct {
	bubble.NoRenew
	slow atomic.Bool
}

func (s *slowCommit) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	due, err := s.Store.Commit(ctx, out)
	if out.Event != nil && s.slow.Swap(false) {
		<-time.After(12*time.Second + 500*time.Millisecond)
	}
	return due, err
}

// TestNoTurnBeginsOnALostLease: not even its middleware, whose effects elsewhere another worker
// will have, too.
func TestNoTurnBeginsOnALostLease(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	began := map[string]int{}
	st := &slowCommit{NoRenew: bubble.NoRenew{Store: memory.New(memory.Config{})}}
	st.slow.Store(true)
	second := texts(route("second", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if ev.Text() == "one" {
			return nil // or its delivery would notice
		}
		return reply.Reply(ctx, sending.Text("done"))
	}))
	cfg := config{Policy: second, Store: st, TurnMiddleware: []handling.Middleware{func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			mu.Lock()
			began[ev.Text()]++
			mu.Unlock()
			return next(ctx, ev)
		}
	}}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Stop()
		w.Says(ada, "one")
		w.Says(ada, "two")
		w.start()
		after(time.Minute)
		require.Equal(t, []string{"done"}, w.Texts(ada))
		require.Equal(t, map[string]int{"one": 1, "two": 1}, began)
	})
}

// slowPerson is a store that cannot renew leases and whose first read of a person takes longer than a lease is safe.
type slowPerson struct {
	bubble.NoRenew
	slow atomic.Bool
}

func (s *slowPerson) Person(ctx context.Context, pageID, psid string) (store.Person, error) {
	if s.slow.Swap(false) {
		<-time.After(12*time.Second + 500*time.Millisecond)
	}
	return s.Store.Person(context.WithoutCancel(ctx), pageID, psid)
}

// TestNoTurnBeginsWhenItsReadsOutlastTheLease: the second turn of a lease reads the person anew, and by then another worker may have
// the event. Not even middleware runs.
func TestNoTurnBeginsWhenItsReadsOutlastTheLease(t *testing.T) {
	t.Parallel()
	var began []string
	st := &slowPerson{NoRenew: bubble.NoRenew{Store: memory.New(memory.Config{})}}
	st.slow.Store(true)
	nothing := texts(route("nothing", func(context.Context, *receiving.Event, *sending.Replier) error { return nil }))
	cfg := config{Policy: nothing, Store: st, TurnMiddleware: []handling.Middleware{func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			began = append(began, ev.Text())
			return next(ctx, ev)
		}
	}}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Stop()
		w.Says(ada, "one")
		w.Says(ada, "two")
		w.start()
		after(time.Minute)
		require.Equal(t, []string{"one", "two"}, began)
	})
}

func TestPausedReplicaLosesItsEffects(t *testing.T) {
	t.Parallel()
	// A store whose renewals fail is what a replica sees that was paused, or
	// cut off, past its lease.
	st := &bubble.NoRenew{Store: memory.New(memory.Config{})}
	var runs atomic.Int32
	policy := texts(route("slow", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if runs.Add(1) == 1 {
			time.Sleep(20 * time.Second) // past the lease of 15 s
		}
		if err := store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID}); err != nil {
			return err
		}
		return reply.Reply(ctx, sending.Text("done"))
	}))
	inBubble(t, simulator.Config{}, config{Policy: policy, Store: st}, func(w *world) {
		w.Says(ada, "one")
		after(2 * time.Minute)
		require.EqualValues(t, 2, runs.Load())
		require.Equal(t, []string{"done"}, w.Texts(ada))
		person, err := w.Store.Person(t.Context(), pageID, ada)
		require.NoError(t, err)
		require.Equal(t, 1, person.ThumbUps)
	})
}
