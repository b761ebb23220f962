package engine_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// mute is an error that panics when it is nil and asked for its text.
type mute struct{ text string }

func (m *mute) Error() string { return m.text }

// wild is a handler and a sender whose methods panic where they are told to.
type wild struct{ where string }

func (h wild) ShouldHandle(context.Context, *receiving.Event) bool {
	h.panicIn("ShouldHandle")
	return true
}

func (h wild) Handle(context.Context, *receiving.Event, *sending.Replier) error {
	h.panicIn("Handle")
	return nil
}

func (h wild) Compose(context.Context, *receiving.Event) ([]sending.Message, error) {
	h.panicIn("Compose")
	return nil, nil
}

func (h wild) panicIn(where string) {
	if h.where == where {
		panic("wild " + where)
	}
}

func TestWhatARouteDoesWrongCostsOnlyItself(t *testing.T) {
	t.Parallel()
	fn := func(fn handling.Func) routing.Route { return route("bad", fn) }
	calls := func(where string) routing.Route {
		return routing.Route{Name: "bad", Handler: wild{where}, Senders: sending.List(wild{where})}
	}
	for name, c := range map[string]struct {
		bad  routing.Route
		want string
	}{
		"typed nil error": {fn(func(context.Context, *receiving.Event, *sending.Replier) error { return (*mute)(nil) }), "*engine_test.mute"},
		"joined typed nil error": {fn(func(context.Context, *receiving.Event, *sending.Replier) error {
			return errors.Join(errors.New("a"), (*mute)(nil))
		}), "without text"},
		"panic":                 {calls("Handle"), "wild Handle"},
		"panic in ShouldHandle": {calls("ShouldHandle"), "wild ShouldHandle"},
		"panic in a sender":     {calls("Compose"), "wild Compose"},
		"panic with nil": {fn(func(context.Context, *receiving.Event, *sending.Replier) error {
			panic(nil) //nolint:govet // it is what is tested
		}), "nil"},
		"pointer write": {fn(func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			return store.Queue(ctx, &store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID})
		}), "not a write; queue a value"},
		"nil write": {fn(func(ctx context.Context, _ *receiving.Event, _ *sending.Replier) error {
			return store.Queue(ctx, nil)
		}), "the write is nil"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{}, config{Policy: texts(c.bad, echo)}, func(w *world) {
				w.Says(ada, "hi")
				w.Says(lin, "hi")
				after(2 * time.Minute)
				require.Equal(t, []string{"you said hi"}, w.Texts(ada))
				require.Equal(t, []string{"you said hi"}, w.Texts(lin))
				letters := w.Letters()
				require.Len(t, letters, 2)
				require.Len(t, letters[0].Failures, 1)
				require.Equal(t, "bad", letters[0].Failures[0].Route)
				require.Contains(t, letters[0].Failures[0].Error, c.want)
			})
		})
	}
}

func TestHandlerThatEndsItsGoroutineFails(t *testing.T) {
	t.Parallel()
	policy := texts(route("fatal", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if ev.Text() == "exit" {
			_ = reply.Reply(ctx, sending.Text("half"))
			runtime.Goexit()
		}
		return reply.Reply(ctx, sending.Text("fine"))
	}))
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "exit")
		w.Says(ada, "stay")
		after(2 * time.Minute)
		require.Equal(t, []string{"fine"}, w.Texts(ada))
		letters := w.Letters()
		require.Len(t, letters, 1)
		require.Equal(t, 4, letters[0].Attempts)
		require.Equal(t, "fatal", letters[0].Failures[0].Route)
		require.Contains(t, letters[0].Failures[0].Error, "Goexit")
	})
}

func TestTurnMiddlewareThatMisbehaves(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wrap handling.Middleware
		want string
	}{
		"panics before": {func(handling.TurnFunc) handling.TurnFunc {
			return func(context.Context, *receiving.Event) error { panic("wild") }
		}, "wild"},
		"panics after": {func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error {
				if err := next(ctx, ev); err != nil {
					return err
				}
				panic("wild")
			}
		}, "wild"},
		"typed nil error": {func(handling.TurnFunc) handling.TurnFunc {
			return func(context.Context, *receiving.Event) error { return (*mute)(nil) }
		}, "without text"},
		"calls next twice": {func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error {
				return errors.Join(next(ctx, ev), next(ctx, ev))
			}
		}, "has already run"},
		"queues a write": {func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error {
				if err := thumb(ctx, ev, nil); err != nil {
					return err
				}
				return next(ctx, ev)
			}
		}, store.ErrTurnOver.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config{Policy: texts(echo, route("thumb", thumb)), TurnMiddleware: []handling.Middleware{c.wrap}}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "hi")
				after(2 * time.Minute)
				require.Empty(t, w.Texts(ada), "a turn whose middleware failed takes no effect")
				require.Zero(t, w.Person(ada).ThumbUps)
				letters := w.Letters()
				require.Len(t, letters, 1)
				require.Empty(t, letters[0].Failures[0].Route)
				require.Contains(t, letters[0].Failures[0].Error, c.want)
			})
		})
	}
}

func TestTurnMiddlewareThatGetsStuckAfterTheRoutesDoublesNothing(t *testing.T) {
	t.Parallel()
	var healthy atomic.Bool
	stuck := func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			err := next(ctx, ev)
			if !healthy.Load() {
				time.Sleep(time.Minute)
			}
			return err
		}
	}
	cfg := config{Policy: texts(route("thumb", thumb)), TurnMiddleware: []handling.Middleware{stuck}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(10 * time.Minute)
		letters := w.Letters()
		require.Len(t, letters, 1)
		healthy.Store(true)
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(t.Context(), letters[0].ID))
		after(time.Second)
		require.Equal(t, 1, w.Person(ada).ThumbUps)
	})
}

func TestSendMiddlewareThatMisbehaves(t *testing.T) {
	t.Parallel()
	for name, deliver := range map[string]sending.DeliverFunc{
		"panics": func(context.Context, sending.Delivery) (graph.SendResult, error) { panic("wild") },
		"typed nil error": func(context.Context, sending.Delivery) (graph.SendResult, error) {
			return graph.SendResult{}, (*mute)(nil)
		},
		"hangs": func(ctx context.Context, _ sending.Delivery) (graph.SendResult, error) {
			<-ctx.Done()
			return graph.SendResult{}, ctx.Err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var hangs times
			wrap := func(next sending.DeliverFunc) sending.DeliverFunc {
				return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
					if d.Message.Text != "2" {
						return next(ctx, d)
					}
					hangs.note()
					defer hangs.note()
					return deliver(ctx, d)
				}
			}
			var failed []string
			cfg := config{
				Policy: texts(three), SendTimeout: 2 * time.Second, SendMiddleware: []sending.Middleware{wrap},
				OnSendFailed: func(_ context.Context, f sending.Failure) {
					failed = append(failed, f.Message.Text)
					panic("wild too")
				},
			}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "go")
				after(2 * time.Minute)
				require.Equal(t, []string{"1", "3"}, w.Texts(ada))
				require.Equal(t, []string{"2"}, failed)
				require.LessOrEqual(t, hangs.list()[1], 2*time.Second, "an attempt may take no longer than SendTimeout")
			})
		})
	}
}
