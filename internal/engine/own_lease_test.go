package engine_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// TestWorkerWaitsForTheOneOfItsOwnProcess: when the store's clock is set forward, a process can
// claim a conversation that its own worker still has. The new worker waits for what the other one
// is sending, and knows of it.
func TestWorkerWaitsForTheOneOfItsOwnProcess(t *testing.T) {
	t.Parallel()
	for name, atMostOnce := range map[string]bool{"at least once": false, "at most once": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ahead atomic.Int64
			var failures atomic.Int32
			now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			slow := func(next sending.DeliverFunc) sending.DeliverFunc {
				return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
					result, err := next(ctx, d)
					time.Sleep(8 * time.Second) // the answer is slow, and the message has arrived
					return result, err
				}
			}
			st := &claims{Store: memory.New(memory.Config{Now: now})}
			cfg := config{
				Policy: texts(route("echo", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
					return reply.Reply(ctx, sending.Text("re "+ev.Text()))
				})),
				Store: st, SendMiddleware: []sending.Middleware{slow}, AtMostOnce: atMostOnce,
				OnSendFailed: func(context.Context, sending.Failure) { failures.Add(1) },
			}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "one")
				after(time.Second)
				ahead.Store(int64(20 * time.Second))
				w.Says(ada, "two")
				after(time.Second)
				require.EqualValues(t, 2, st.leases.Load(), "the store grants the lease of a conversation that is being worked on")
				require.Equal(t, []string{"re one"}, w.Texts(ada))
				after(20 * time.Second)
				require.Equal(t, []string{"re one", "re two"}, w.Texts(ada))
				require.Zero(t, failures.Load())
				require.Equal(t, []store.SentOutcome{store.OutcomeSent, store.OutcomeSent}, bubble.Outcomes(t, st, ada))
			})
		})
	}
}

// badCommits is a store of which a commit with the result of a send does not return for a long
// time, whatever its context says, or ends its goroutine.
type badCommits struct {
	*memory.Store
	bad   atomic.Int32 // how many of the next ones
	hangs time.Duration
	late  bool // it takes effect before that
}

func (d *badCommits) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	if len(out.Results) == 0 || d.bad.Add(-1) < 0 {
		return d.Store.Commit(ctx, out)
	}
	if d.late {
		_, _ = d.Store.Commit(ctx, out)
	}
	if d.hangs == 0 {
		runtime.Goexit()
	}
	time.Sleep(d.hangs)
	return nil, context.DeadlineExceeded
}

// TestCommitThatDoesNotReturn: the worker gets on after the bound of the call, and what it knows is
// not forgotten.
func TestCommitThatDoesNotReturn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		store *badCommits
		stuck int
	}{
		"hangs":                        {&badCommits{hangs: 2 * time.Minute}, 1},
		"hangs after its effect":       {&badCommits{hangs: 2 * time.Minute, late: true}, 1},
		"ends its goroutine":           {&badCommits{}, 0},
		"ends its goroutine, too late": {&badCommits{late: true}, 0},
	} {
		for _, atMostOnce := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				st := &badCommits{Store: memory.New(memory.Config{}), hangs: c.store.hangs, late: c.store.late}
				var failures atomic.Int32
				cfg := config{
					Policy: texts(three), Store: st, AtMostOnce: atMostOnce, Workers: 2,
					OnSendFailed: func(context.Context, sending.Failure) { failures.Add(1) },
				}
				inBubble(t, simulator.Config{}, cfg, func(w *world) {
					st.bad.Store(1)
					w.Says(ada, "go")
					after(45 * time.Second)
					require.Equal(t, []string{"1", "2", "3"}, w.Texts(ada))
					require.Zero(t, failures.Load())
					require.Equal(t, c.stuck, w.engine.Counts().Stuck)
					after(5 * time.Minute)
					require.Equal(t, []string{"1", "2", "3"}, w.Texts(ada))
					require.Zero(t, w.engine.Counts().Stuck)
				})
			})
		}
	}
}
