package engine_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
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
)

// A route that ends badly must not take those after it along unnoticed.
func TestRoutesAfterOneThatEndsBadlyAreInTheDeadLetter(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(ctx context.Context){
		"ends its goroutine":    func(context.Context) { runtime.Goexit() },
		"ignores its context":   func(context.Context) { time.Sleep(time.Hour) },
		"takes all of the time": func(ctx context.Context) { <-ctx.Done() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var bad atomic.Bool
			bad.Store(true)
			policy := texts(
				route("before", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
					return store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID})
				}),
				route("bad", func(ctx context.Context, _ *receiving.Event, _ *sending.Replier) error {
					if bad.Load() {
						end(ctx)
						return ctx.Err()
					}
					return nil
				}),
				echo,
				route("last", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
					return reply.Reply(ctx, sending.Text("last"))
				}),
			)
			inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
				w.Says(ada, "hi")
				after(5 * time.Minute)
				dead, err := bubble.As[store.DeadLetters](w.T, w.Store).Dead(t.Context(), store.DeadQuery{})
				require.NoError(t, err)
				require.Len(t, dead, 1)
				var failed []string
				for _, f := range dead[0].Failures {
					failed = append(failed, f.Route)
				}
				require.Equal(t, []string{"bad", "echo", "last"}, failed)
				bad.Store(false)
				require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(t.Context(), dead[0].ID))
				after(time.Hour)
				require.Equal(t, []string{"you said hi", "last"}, w.Texts(ada))
				person, err := w.Store.Person(t.Context(), pageID, ada)
				require.NoError(t, err)
				require.Equal(t, 1, person.ThumbUps, "what succeeded took effect once")
			})
		})
	}
}

func TestMiddlewareThatEndsItsGoroutineFailsTheTurnAsAWhole(t *testing.T) {
	t.Parallel()
	var bad atomic.Bool
	bad.Store(true)
	cfg := config{
		Policy: texts(route("count", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			return store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID})
		})),
		TurnMiddleware: []handling.Middleware{func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error {
				err := next(ctx, ev)
				if bad.Load() {
					runtime.Goexit()
				}
				return err
			}
		}},
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(5 * time.Minute)
		bad.Store(false)
		dead, err := bubble.As[store.DeadLetters](w.T, w.Store).Dead(t.Context(), store.DeadQuery{})
		require.NoError(t, err)
		require.Len(t, dead, 1)
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(t.Context(), dead[0].ID))
		after(time.Minute)
		person, err := w.Store.Person(t.Context(), pageID, ada)
		require.NoError(t, err)
		require.Equal(t, 1, person.ThumbUps)
	})
}

func TestErrorsThatPanicWhenTheyAreLookedIntoCostTheirTurnOnly(t *testing.T) {
	t.Parallel()
	broken := fmt.Errorf("call: %w", (*graph.Error)(nil))
	var fails atomic.Bool
	fails.Store(true)
	cfg := config{
		Policy: texts(route("broken", func(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
			if ev.Text() == "handler" {
				return broken
			}
			return nil
		}), echo),
		SendMiddleware: []sending.Middleware{func(next sending.DeliverFunc) sending.DeliverFunc {
			return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
				switch {
				case fails.Load() && strings.Contains(d.Message.Text, "middleware"):
					return graph.SendResult{}, broken
				case strings.Contains(d.Message.Text, "goexit"):
					runtime.Goexit()
				}
				return next(ctx, d)
			}
		}},
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "handler")
		after(2 * time.Minute)
		require.Equal(t, []string{"you said handler"}, w.Texts(ada))
		w.Says(ada, "middleware")
		after(2 * time.Second)
		fails.Store(false)
		after(time.Minute)
		w.Says(ada, "goexit")
		after(5 * time.Minute)
		w.Says(ada, "fine")
		after(time.Minute)
		require.Equal(t, []string{"you said handler", "you said middleware", "you said fine"}, w.Texts(ada))
	})
}
