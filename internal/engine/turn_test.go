package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

func TestConversationKeepsItsOrderInAndOut(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: texts(echo)}, func(w *world) {
		var want []string
		for i := range 50 {
			_, err := w.Say(t.Context(), ada, fmt.Sprint(i))
			require.NoError(t, err)
			want = append(want, fmt.Sprintf("you said %d", i))
		}
		after(time.Second)
		require.Equal(t, want, w.Texts(ada))
	})
}

func TestFailedTurnTakesNoEffectAndIsTriedAgain(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	var at []time.Time
	var keys []string
	policy := texts(echo, route("count", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if err := store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID}); err != nil {
			return err
		}
		at = append(at, time.Now())
		keys = append(keys, ev.Key)
		if tries.Add(1) < 4 {
			return errors.New("not yet")
		}
		return reply.Reply(ctx, sending.Text("at last"))
	}))
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "one")
		after(20 * time.Second)
		require.Empty(t, w.Texts(ada), "a route that succeeded says nothing while another will be tried again")
		w.Says(ada, "two")
		after(20 * time.Second)
		require.Equal(t, []string{"you said one", "at last", "you said two", "at last"}, w.Texts(ada),
			"the retry stays at the head of its conversation")
		var pauses []time.Duration
		for i := range 3 {
			pauses = append(pauses, at[i+1].Sub(at[i]))
		}
		requirePauses(t, []time.Duration{time.Second, 5 * time.Second, 25 * time.Second}, pauses)
		require.Equal(t, keys[0], keys[3], "the event's key is stable across retries")
		person, err := w.Store.Person(t.Context(), pageID, ada)
		require.NoError(t, err)
		require.Equal(t, 2, person.ThumbUps, "what failed turns queued was dropped")
	})
}

func TestLastTryCommitsWhatSucceedsAndNamesWhatFailed(t *testing.T) {
	t.Parallel()
	broken := true
	boom := route("boom", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if err := reply.Reply(ctx, sending.Text("boom says hi")); err != nil {
			return err
		}
		if broken {
			panic("no idea")
		}
		return nil
	})
	inBubble(t, simulator.Config{}, config{Policy: texts(boom, echo)}, func(w *world) {
		w.Says(ada, "one")
		w.Says(lin, "other")
		after(2 * time.Minute)
		require.Equal(t, []string{"you said one"}, w.Texts(ada))
		require.Equal(t, []string{"you said other"}, w.Texts(lin))
		dead, err := bubble.As[store.DeadLetters](w.T, w.Store).Dead(t.Context(), store.DeadQuery{})
		require.NoError(t, err)
		require.Len(t, dead, 2)
		require.Equal(t, 4, dead[0].Attempts)
		require.Equal(t, []store.Failure{{Route: "boom", Error: "panic: no idea"}}, dead[0].Failures)

		broken = false
		letter := slices.IndexFunc(dead, func(d store.DeadLetter) bool { return d.PSID == ada })
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(t.Context(), dead[letter].ID))
		after(time.Second)
		require.Equal(t, []string{"you said one", "boom says hi"}, w.Texts(ada), "only the route that failed runs again")
	})
}

func TestPermanentErrorsAreNotTriedAgain(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]handling.Func{
		"permanent": func(context.Context, *receiving.Event, *sending.Replier) error {
			return handling.Permanent(errors.New("never"))
		},
		"limit": func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			return reply.Reply(ctx, sending.Text(""))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var runs atomic.Int32
			policy := texts(route("fail", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
				runs.Add(1)
				return fail(ctx, ev, reply)
			}), echo)
			inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
				w.Says(ada, "one")
				after(time.Minute)
				require.EqualValues(t, 1, runs.Load())
				require.Equal(t, []string{"you said one"}, w.Texts(ada))
				require.Equal(t, 1, w.queue().Dead)
			})
		})
	}
}

func TestSkipIsNoFailureAndNoHandling(t *testing.T) {
	t.Parallel()
	policy := texts(
		routing.Route{Handler: handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			if err := store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID}); err != nil {
				return err
			}
			if err := reply.Reply(ctx, sending.Text("queued and dropped")); err != nil {
				return err
			}
			return handling.Skip
		}), Senders: sending.List(sending.Text("sender of a skipped route"))},
		routing.Route{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("otherwise")), Otherwise: true},
	)
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "one")
		after(time.Second)
		require.Equal(t, []string{"otherwise"}, w.Texts(ada))
		person, err := w.Store.Person(t.Context(), pageID, ada)
		require.NoError(t, err)
		require.Zero(t, person.ThumbUps)
	})
}

func TestSlowPersonDelaysNoOther(t *testing.T) {
	t.Parallel()
	var release chan struct{} // made in the bubble, so that it can wait there
	policy := texts(route("slow", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if ev.PSID == ada {
			<-release
		}
		return reply.Reply(ctx, sending.Text("done"))
	}))
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		release = make(chan struct{})
		defer close(release)
		w.Says(ada, "one")
		w.Says(lin, "two")
		after(10 * time.Millisecond)
		require.Empty(t, w.Texts(ada))
		require.Equal(t, []string{"done"}, w.Texts(lin))
	})
}

func TestHandlerThatIgnoresItsContextLosesItsEffects(t *testing.T) {
	t.Parallel()
	var runs atomic.Int32
	var late error
	policy := texts(route("stuck", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if runs.Add(1) > 1 {
			return reply.Reply(ctx, sending.Text("second try"))
		}
		time.Sleep(time.Minute)
		late = errors.Join(reply.Reply(context.WithoutCancel(ctx), sending.Text("too late")),
			store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID}))
		return nil
	}))
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "one")
		after(35 * time.Second) // 30 s, a second of patience, a pause of a second
		require.Equal(t, []string{"second try"}, w.Texts(ada))
		after(time.Minute)
		require.ErrorIs(t, late, store.ErrTurnOver)
		require.Equal(t, []string{"second try"}, w.Texts(ada))
		person, err := w.Store.Person(t.Context(), pageID, ada)
		require.NoError(t, err)
		require.Zero(t, person.ThumbUps)
	})
}

func TestMiddlewareWrapsTurnsAndSends(t *testing.T) {
	t.Parallel()
	var trace []string
	turn := func(name string) handling.Middleware {
		return func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error {
				trace = append(trace, name+" in")
				err := next(ctx, ev)
				trace = append(trace, fmt.Sprintf("%s out: %v", name, err))
				return err
			}
		}
	}
	hold := func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			if ev.Text() == "drop me" {
				return nil
			}
			return next(ctx, ev)
		}
	}
	cfg := config{Policy: texts(echo), TurnMiddleware: []handling.Middleware{turn("a"), turn("b"), hold}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "drop me")
		w.Says(ada, "one")
		after(time.Second)
		require.Equal(t, []string{"you said one"}, w.Texts(ada))
		require.Equal(t, []string{"a in", "b in", "b out: <nil>", "a out: <nil>"}, trace[:4])
	})
}
