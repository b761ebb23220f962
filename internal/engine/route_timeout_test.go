package engine_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
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

// keepErrors is a middleware that keeps what turns fail with.
func keepErrors(errs *[]error) handling.Middleware {
	return func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			err := next(ctx, ev)
			*errs = append(*errs, err)
			return err
		}
	}
}

// TestRouteTimeout: a route that exceeds its time, in its condition, its handler or its senders,
// whether that honours its context or not, fails like any other, and takes no other route with it.
func TestRouteTimeout(t *testing.T) {
	t.Parallel()
	honours := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	ignores := func(context.Context) error { time.Sleep(time.Minute); return nil }
	for name, c := range map[string]struct {
		route func(wait func(ctx context.Context) error) routing.Route
		waits func(ctx context.Context) error
		took  time.Duration
	}{
		"the condition":                        {slowCondition, honours, 2 * time.Second},
		"a condition that ignores its context": {slowCondition, ignores, 3 * time.Second},
		"the handler":                          {slowHandler, honours, 2 * time.Second},
		"a handler that ignores its context":   {slowHandler, ignores, 3 * time.Second},
		"a sender":                             {slowSender, honours, 2 * time.Second},
		"a sender that ignores its context":    {slowSender, ignores, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex // the tries overlap
			var began, ended []time.Time
			var errs []error
			slow := c.route(func(ctx context.Context) error {
				mu.Lock()
				began = append(began, time.Now())
				mu.Unlock()
				return c.waits(ctx)
			})
			slow.Name, slow.Timeout = "slow", 2*time.Second
			last := route("last", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
				mu.Lock()
				ended = append(ended, time.Now())
				mu.Unlock()
				return reply.Reply(ctx, sending.Text("fine"))
			})
			cfg := config{Policy: texts(slow, last), TurnMiddleware: []handling.Middleware{keepErrors(&errs)}}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "hi")
				after(5 * time.Minute) // also until what ignores its context returns
				mu.Lock()
				defer mu.Unlock()
				require.Len(t, began, 4, "it is retried like any failure")
				require.Len(t, ended, 1, "routes after it run at the last try alone")
				require.Equal(t, c.took, ended[0].Sub(began[3]))
				require.Equal(t, []string{"fine"}, w.Texts(ada), "the others take effect")
				letters := w.Letters()
				require.Len(t, letters, 1)
				require.Len(t, letters[0].Failures, 1)
				require.Equal(t, "slow", letters[0].Failures[0].Route)
				require.Contains(t, letters[0].Failures[0].Error, `route "slow" exceeded its timeout of 2s`)
				require.Zero(t, w.Person(ada).ThumbUps)
			})
			var timeout *routing.TimeoutError
			for _, err := range errs {
				require.ErrorAs(t, err, &timeout)
				require.Equal(t, "slow", timeout.Route)
				require.Equal(t, 2*time.Second, timeout.Limit)
			}
		})
	}
}

// waits is a condition, a handler or a sender that waits.
type waits struct {
	wait func(ctx context.Context) error
}

func (c waits) Match(ctx context.Context, _ *receiving.Event) bool {
	if err := c.wait(ctx); err != nil {
		panic(err)
	}
	return true
}

func (waits) String() string { return "waits" }

func slowCondition(wait func(ctx context.Context) error) routing.Route {
	return routing.Route{When: waits{wait}, Handler: handling.Func(thumb)}
}

func slowHandler(wait func(ctx context.Context) error) routing.Route {
	return routing.Route{Handler: handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if err := thumb(ctx, ev, reply); err != nil {
			return err
		}
		if err := wait(ctx); err != nil {
			return err
		}
		return errors.Join(thumb(ctx, ev, reply), reply.Reply(ctx, sending.Text("late")))
	})}
}

func slowSender(wait func(ctx context.Context) error) routing.Route {
	return routing.Route{Handler: handling.Func(thumb), Senders: sending.List(sending.Func(
		func(ctx context.Context, _ *receiving.Event) ([]sending.Message, error) {
			return []sending.Message{sending.Text("late")}, wait(ctx)
		}))}
}

// TestRouteTimeoutAbandonsAHandler: what it still writes and says has no effect, and is refused.
func TestRouteTimeoutAbandonsAHandler(t *testing.T) {
	t.Parallel()
	var late []error
	var mu sync.Mutex // the tries overlap
	slow := routing.Route{Name: "slow", Timeout: time.Second, Handler: handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if ev.Text() != "slow" {
			return nil
		}
		time.Sleep(10 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		late = append(late, thumb(ctx, ev, reply), reply.Reply(ctx, sending.Text("late")))
		return handling.Permanent(errors.New("too late as well"))
	})}
	inBubble(t, simulator.Config{}, config{Policy: texts(slow, echo)}, func(w *world) {
		w.Says(ada, "slow")
		w.Says(lin, "fast")
		after(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		require.Len(t, late, 8)
		for _, err := range late {
			require.ErrorIs(t, err, store.ErrTurnOver)
		}
		require.Equal(t, []string{"you said slow"}, w.Texts(ada), "at the last try")
		require.Equal(t, []string{"you said fast"}, w.Texts(lin))
		require.Zero(t, w.Person(ada).ThumbUps)
		require.Contains(t, w.Letters()[0].Failures[0].Error, "exceeded its timeout of 1s")
	})
}

// TestRouteThatIsTooLateGoesNoFurther: a condition that answers too late is followed by no handler,
// and a handler that was abandoned by no sender.
func TestRouteThatIsTooLateGoesNoFurther(t *testing.T) {
	t.Parallel()
	for name, slow := range map[string]func(further func(), wait func(time.Duration)) routing.Route{
		"a condition": func(further func(), wait func(time.Duration)) routing.Route {
			return routing.Route{
				When:    routing.If("late", func(context.Context, *receiving.Event) bool { wait(1500 * time.Millisecond); return true }),
				Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error { further(); return nil }),
			}
		},
		"a handler": func(further func(), wait func(time.Duration)) routing.Route {
			return routing.Route{
				Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error { wait(10 * time.Second); return nil }),
				Senders: sending.List(sending.Func(func(context.Context, *receiving.Event) ([]sending.Message, error) {
					further()
					return nil, nil
				})),
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var further, returned atomic.Int32
			late := slow(func() { further.Add(1) }, func(d time.Duration) { time.Sleep(d); returned.Add(1) })
			late.Name, late.Timeout = "late", time.Second
			inBubble(t, simulator.Config{}, config{Policy: texts(late)}, func(w *world) {
				w.Says(ada, "hi")
				after(time.Minute)
				require.EqualValues(t, 4, returned.Load())
				require.Zero(t, further.Load())
				require.Contains(t, w.Letters()[0].Failures[0].Error, "exceeded its timeout of 1s")
			})
		})
	}
}

// TestRouteTimeoutAndResults: a result within a second of patience counts, and a failure keeps what
// it is.
func TestRouteTimeoutAndResults(t *testing.T) {
	t.Parallel()
	late := func(result error) handling.Func {
		return func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			require.NoError(t, store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID}))
			time.Sleep(1500 * time.Millisecond)
			require.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
			var cause *routing.TimeoutError
			require.ErrorAs(t, context.Cause(ctx), &cause)
			require.Equal(t, "late", cause.Route)
			return result
		}
	}
	errPermanent := handling.Permanent(errors.New("mine"))
	for name, c := range map[string]struct {
		result  error
		thumbs  int
		letters int
		texts   []string
	}{
		"success":   {nil, 1, 0, []string{"sender"}},
		"skip":      {handling.Skip, 0, 0, []string{"otherwise"}},
		"permanent": {errPermanent, 0, 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policy := texts(
				routing.Route{Name: "late", Timeout: time.Second, Handler: late(c.result), Senders: sending.List(sending.Text("sender"))},
				routing.Route{Handler: handling.Dummy{}, Otherwise: true, Senders: sending.List(sending.Text("otherwise"))},
			)
			inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
				w.Says(ada, "hi")
				after(time.Minute)
				require.Equal(t, c.thumbs, w.Person(ada).ThumbUps)
				require.Len(t, w.Letters(), c.letters)
				require.Equal(t, c.texts, w.Texts(ada))
			})
		})
	}
}

// TestRouteWithATimeoutThatIsNotExceeded behaves like one without: also when it ends its goroutine
// or panics.
func TestRouteWithATimeoutThatIsNotExceeded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do    func()
		error string
	}{
		"returns":            {func() {}, ""},
		"ends its goroutine": {runtime.Goexit, "Goexit"},
		"panics":             {func() { panic("mine") }, "panic: mine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			timed := routing.Route{Name: "timed", Timeout: time.Second, Handler: handling.Func(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
				if err := reply.Reply(ctx, sending.Text("timed")); err != nil {
					return err
				}
				c.do()
				return nil
			})}
			inBubble(t, simulator.Config{}, config{Policy: texts(timed, echo)}, func(w *world) {
				w.Says(ada, "hi")
				after(time.Minute)
				if c.error == "" {
					require.Equal(t, []string{"timed", "you said hi"}, w.Texts(ada))
					return
				}
				require.Equal(t, []string{"you said hi"}, w.Texts(ada), "the routes after it run")
				require.Equal(t, "timed", w.Letters()[0].Failures[0].Route)
				require.Contains(t, w.Letters()[0].Failures[0].Error, c.error)
				require.NotContains(t, w.Letters()[0].Failures[0].Error, "timeout")
			})
		})
	}
}

// TestRouteWithMoreTimeThanTurnsHave: it works for minutes under one lease, is answered once, and is bounded by its own time.
func TestRouteWithMoreTimeThanTurnsHave(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		takes time.Duration
		stuck bool
		texts []string
		error string
	}{
		"in time":                       {4 * time.Minute, false, []string{"done"}, ""},
		"too long":                      {6 * time.Minute, false, nil, `routing: route "slow" exceeded its timeout of 5m0s: context deadline exceeded`},
		"too long, ignores its context": {6 * time.Minute, true, nil, `routing: route "slow" exceeded its timeout of 5m0s: a handler did not return after its context had ended`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := 0
			slow := routing.Route{Name: "slow", Timeout: 5 * time.Minute, Retry: handling.Retry{Tries: 1}, Handler: handling.Func(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
				runs++
				ends := ctx.Done()
				if c.stuck {
					ends = nil
				}
				select {
				case <-time.After(c.takes):
					return reply.Reply(ctx, sending.Text("done"))
				case <-ends:
					return ctx.Err()
				}
			})}
			inBubble(t, simulator.Config{}, config{Policy: texts(slow)}, func(w *world) {
				w.Says(ada, "hi")
				after(2 * time.Minute)
				w.replica(func() { after(5 * time.Minute) })
				require.Equal(t, 1, runs, "no other replica has got the lease")
				require.Equal(t, c.texts, w.Texts(ada))
				if c.error == "" {
					require.Empty(t, w.Letters())
					return
				}
				require.Len(t, w.Letters(), 1)
				require.Equal(t, c.error, w.Letters()[0].Failures[0].Error)
			})
		})
	}
}

// replica runs another engine on the same store while do runs.
func (w *world) replica(do func()) {
	w.T.Helper()
	other := &world{World: &bubble.World{Simulator: w.Simulator, T: w.T, Store: w.Store, Webhook: w.Webhook}, cfg: w.cfg}
	other.start()
	do()
	other.Stop()
}

// TestRoutesBesideOneWithMoreTime have the time of a turn each, and do not use up the time of that.
func TestRoutesBesideOneWithMoreTime(t *testing.T) {
	t.Parallel()
	waits := func(name string, timeout, takes time.Duration) routing.Route {
		return routing.Route{Name: name, Timeout: timeout, Handler: handling.Func(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			select {
			case <-time.After(takes):
				return reply.Reply(ctx, sending.Text(name))
			case <-ctx.Done():
				return ctx.Err()
			}
		})}
	}
	policy := routing.Policy{
		receiving.TypeDefault:    {waits("default", 0, 20*time.Second), waits("hangs", 0, time.Hour)},
		receiving.TypeSimpleText: {waits("long", 2*time.Minute, 110*time.Second), waits("last", 0, 25*time.Second), waits("short", 2*time.Second, time.Hour)},
	}
	inBubble(t, simulator.Config{}, config{Policy: policy, Retry: handling.Retry{Tries: 1}}, func(w *world) {
		w.Says(ada, "hi")
		after(10 * time.Minute)
		require.Equal(t, []string{"default", "long", "last"}, w.Texts(ada))
		require.Len(t, w.Letters(), 1)
		var failed []string
		for _, f := range w.Letters()[0].Failures {
			failed = append(failed, f.Error)
		}
		require.Equal(t, []string{
			`routing: route "hangs" exceeded its timeout of 30s: context deadline exceeded`,
			`routing: route "short" exceeded its timeout of 2s: context deadline exceeded`,
		}, failed)
	})
}

// TestShutdownDuringALongRoute costs no try: the event is run again by the next process.
func TestShutdownDuringALongRoute(t *testing.T) {
	t.Parallel()
	var attempts []int
	slow := routing.Route{Name: "slow", Timeout: 5 * time.Minute, Handler: handling.Func(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		attempts = append(attempts, handling.TurnFrom(ctx).Attempt)
		select {
		case <-time.After(4 * time.Minute):
			return reply.Reply(ctx, sending.Text("done"))
		case <-ctx.Done():
			return ctx.Err()
		}
	})}
	inBubble(t, simulator.Config{}, config{Policy: texts(slow)}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Minute)
		w.Stop()
		require.Empty(t, w.Texts(ada))
		w.start()
		after(10 * time.Minute)
		require.Equal(t, []int{1, 1}, attempts)
		require.Equal(t, []string{"done"}, w.Texts(ada))
	})
}
