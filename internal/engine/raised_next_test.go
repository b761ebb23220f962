package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/raise"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// leasing is a store that counts the leases it has granted.
type leasing struct {
	store.Store
	leases atomic.Int32
}

func (l *leasing) Unwrap() store.Store { return l.Store }

func (l *leasing) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	leases, err := l.Store.Claim(ctx, claim)
	l.leases.Add(int32(len(leases)))
	return leases, err
}

// timers are raises of so many timers of one person that are due at the same time.
func timers(t *testing.T, n int) (writes []store.Write) {
	t.Helper()
	for i := range n {
		w, err := raise.Of(store.Raise{
			Conversation: store.Conversation{PageID: pageID, PSID: ada}, Key: fmt.Sprint(i), Delay: time.Second, Replace: true,
		}, "", "")
		require.NoError(t, err)
		writes = append(writes, w)
	}
	return writes
}

// signals is a policy with one route for signals, which gets their keys.
func signals(handle func(ctx context.Context, key string, reply *sending.Replier) error) routing.Policy {
	return routing.Policy{receiving.TypeSignal: {route("r", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		signal, _ := ev.Payload.(*receiving.Signal)
		return handle(ctx, signal.Key, reply)
	})}}
}

// TestTimersOfAPersonShareLeases: as many as the events of a lease are handled under one, in order, also if they answer.
func TestTimersOfAPersonShareLeases(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string]bool{"silent": false, "with answers": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := &leasing{Store: memory.New(memory.Config{})}
			var ran, want []string
			policy := signals(func(ctx context.Context, key string, reply *sending.Replier) error {
				ran = append(ran, key)
				if !answers {
					return nil
				}
				return reply.Reply(ctx, sending.Text(key))
			})
			inBubble(t, simulator.Config{}, config{Policy: policy, Store: st}, func(w *world) {
				w.Says(ada, "hi")
				after(time.Second)
				st.leases.Store(0)
				const n = 40
				require.NoError(t, st.Apply(t.Context(), timers(t, n)...))
				after(time.Minute)
				for i := range n {
					want = append(want, fmt.Sprint(i))
				}
				require.Equal(t, want, ran)
				require.Equal(t, int32(3), st.leases.Load(), "16, 16 and 8")
				if answers {
					require.Equal(t, want, w.Texts(ada))
				}
			})
		})
	}
}

// TestTimerThatATurnTakesBackDoesNotRun: nor one that it has moved, one that is taken back from outside meanwhile, or one behind a
// turn that is tried again.
func TestTimerThatATurnTakesBackDoesNotRun(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{})
	var ran []string
	failed := false
	policy := signals(func(ctx context.Context, key string, _ *sending.Replier) error {
		ran = append(ran, key)
		switch {
		case key == "0":
			return errors.Join(handling.CancelTimer(ctx, "1"), handling.After(ctx, time.Hour, "2", nothing, payload.None{}))
		case key == "3":
			found, err := st.CancelRaised(ctx, store.Conversation{PageID: pageID, PSID: ada}, "4")
			require.True(t, found)
			return err
		case key == "5" && !failed:
			failed = true
			return errors.New("broken")
		}
		return nil
	})
	inBubble(t, simulator.Config{}, config{Policy: policy, Store: st}, func(*world) {
		require.NoError(t, st.Apply(t.Context(), timers(t, 8)...))
		after(30 * time.Minute)
		require.Equal(t, []string{"0", "3", "5", "5", "6", "7"}, ran)
		after(time.Hour)
		require.Equal(t, "2", ran[len(ran)-1])
	})
}

// TestMessageGoesBeforeTheNextTimer: what a person writes while a timer's turn runs does not wait behind all timers that are due.
func TestMessageGoesBeforeTheNextTimer(t *testing.T) {
	t.Parallel()
	var ran []string
	var w *world
	policy := signals(func(_ context.Context, key string, _ *sending.Replier) error {
		if ran = append(ran, key); key == "0" {
			w.Says(ada, "hi")
			after(time.Second)
		}
		return nil
	})
	policy[receiving.TypeSimpleText] = []routing.Route{route("text", func(context.Context, *receiving.Event, *sending.Replier) error {
		ran = append(ran, "hi")
		return nil
	})}
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(world *world) {
		w = world
		writes := timers(t, 3)
		last, ok := writes[2].(store.Raise)
		require.True(t, ok)
		last.Delay = 3 * time.Second
		writes[2] = last
		require.NoError(t, w.Store.Apply(t.Context(), writes...))
		after(time.Minute)
		require.Len(t, ran, 4)
		require.Equal(t, "0", ran[0])
		require.Contains(t, ran[1:3], "hi")
		require.Equal(t, "2", ran[3])
	})
}

// losesNext is a store that makes a commit and hands out the next raised event with it, and loses the answer.
type losesNext struct {
	leasing
	loses, commits atomic.Int32
}

func (s *losesNext) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	s.commits.Add(1)
	due, err := s.Store.Commit(ctx, out)
	if err == nil && out.Event != nil && s.loses.Add(-1) >= 0 {
		return nil, errors.New("the answer is lost")
	}
	return due, err
}

// TestLostAnswerOfACommitThatHandsOut: what a commit hands out whose answer was lost runs once, under the next lease and not after the
// time of this one.
func TestLostAnswerOfACommitThatHandsOut(t *testing.T) {
	t.Parallel()
	st := &losesNext{leasing: leasing{Store: memory.New(memory.Config{})}}
	var ran []string
	policy := signals(func(ctx context.Context, key string, reply *sending.Replier) error {
		ran = append(ran, key)
		return reply.Reply(ctx, sending.Text(key))
	})
	inBubble(t, simulator.Config{}, config{Policy: policy, Store: st}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		st.leases.Store(0)
		st.loses.Store(2)
		require.NoError(t, st.Apply(t.Context(), timers(t, 5)...))
		after(4 * time.Second)
		want := []string{"0", "1", "2", "3", "4"}
		require.Equal(t, want, ran)
		require.Equal(t, want, w.Texts(ada))
		require.Equal(t, int32(3), st.leases.Load(), "0, 1, and then the others")
		require.Empty(t, w.Letters())
	})
}

// TestShutdownTakesNoNextTimer: the commit of the turn that runs gives the conversation back.
func TestShutdownTakesNoNextTimer(t *testing.T) {
	t.Parallel()
	mem := memory.New(memory.Config{})
	st := &losesNext{leasing: leasing{Store: mem}}
	policy := signals(func(context.Context, string, *sending.Replier) error {
		after(time.Second)
		return nil
	})
	inBubble(t, simulator.Config{}, config{Policy: policy, Store: st}, func(w *world) {
		require.NoError(t, st.Apply(t.Context(), timers(t, 2)...))
		after(1500 * time.Millisecond)
		st.commits.Store(0)
		w.Stop()
		require.Equal(t, int32(1), st.commits.Load())
		stats, err := mem.Stats(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, stats.Events)
		require.Zero(t, stats.InFlight)
	})
}
