package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
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

// runs notes when a handler ran, for whom and at which attempt.
type runs struct {
	mu       sync.Mutex
	at       map[string][]time.Time
	attempts map[string][]int
}

func (r *runs) add(ctx context.Context, ev *receiving.Event) (count int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == nil {
		r.at, r.attempts = map[string][]time.Time{}, map[string][]int{}
	}
	r.at[ev.Text()] = append(r.at[ev.Text()], time.Now())
	r.attempts[ev.Text()] = append(r.attempts[ev.Text()], handling.TurnFrom(ctx).Attempt)
	return len(r.at[ev.Text()])
}

// times returns when the handler ran for a text.
func (r *runs) times(text string) []time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.at[text])
}

// tries returns the attempts of the runs for a text.
func (r *runs) tries(text string) []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.attempts[text])
}

// pauses returns those between the runs for a text, in whole seconds.
func (r *runs) pauses(text string) (out []time.Duration) {
	at := r.times(text)
	for i := range at[1:] {
		out = append(out, at[i+1].Sub(at[i]).Truncate(time.Second))
	}
	return out
}

// crowd is so many people, from 70 on.
func crowd(n int) (people []simulator.Person) {
	for i := range n {
		people = append(people, simulator.Person{ID: fmt.Sprint(70 + i), FirstName: "Person"})
	}
	return people
}

// requirePauses requires pauses of those lengths, each with up to a quarter more.
func requirePauses(t *testing.T, want, got []time.Duration) {
	t.Helper()
	require.Len(t, got, len(want), "%s", got)
	for i := range want {
		require.GreaterOrEqual(t, got[i], want[i], "%s", got)
		require.LessOrEqual(t, got[i], want[i]*5/4+time.Second, "%s", got)
	}
}

// TestRetryOfTheBotAndOfARoute: the route's policy replaces the bot's, field by field.
func TestRetryOfTheBotAndOfARoute(t *testing.T) {
	t.Parallel()
	var seen runs
	fails := handling.Func(func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
		seen.add(ctx, ev)
		return errors.New("no")
	})
	on := func(text string, retry handling.Retry) routing.Route {
		return routing.Route{Name: text, When: routing.Text{Pattern: text}, Handler: fails, Retry: retry}
	}
	cfg := config{
		Retry: handling.Retry{Tries: 3, Pauses: []time.Duration{4 * time.Second}},
		Policy: texts(
			on("bot", handling.Retry{}),
			on("once", handling.Retry{Tries: 1}),
			on("six", handling.Retry{Tries: 6}),
			on("slow", handling.Retry{Pauses: []time.Duration{time.Minute, time.Hour}}),
		),
	}
	inBubble(t, simulator.Config{People: crowd(4)}, cfg, func(w *world) {
		for i, text := range []string{"bot", "once", "six", "slow"} {
			w.Says(fmt.Sprint(70+i), text)
		}
		after(2 * time.Hour)
		const s = time.Second
		requirePauses(t, []time.Duration{4 * s, 4 * s}, seen.pauses("bot"))
		requirePauses(t, nil, seen.pauses("once"))
		requirePauses(t, []time.Duration{4 * s, 4 * s, 4 * s, 4 * s, 4 * s}, seen.pauses("six"))
		requirePauses(t, []time.Duration{time.Minute, time.Hour}, seen.pauses("slow"))
		tries := map[string]int{}
		for _, letter := range w.Letters() {
			tries[letter.Failures[0].Route] = letter.Attempts
		}
		require.Equal(t, map[string]int{"bot": 3, "once": 1, "six": 6, "slow": 3}, tries)
	})
}

// TestFewTriesKeepTheDefaultPauses: Tries alone are enough, also for fewer retries than there are
// default pauses.
func TestFewTriesKeepTheDefaultPauses(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for tries, want := range [][]time.Duration{1: nil, 2: {s}, 3: {s, 5 * s}, 4: {s, 5 * s, 25 * s}, 5: {s, 5 * s, 25 * s, 25 * s}} {
		if tries == 0 {
			continue
		}
		t.Run(fmt.Sprint(tries), func(t *testing.T) {
			t.Parallel()
			var seen runs
			cfg := config{
				Retry: handling.Retry{Tries: tries},
				Policy: texts(routing.Route{Handler: handling.Func(func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
					seen.add(ctx, ev)
					return errors.New("no")
				})}),
			}
			inBubble(t, simulator.Config{People: crowd(1)}, cfg, func(w *world) {
				w.Says("70", "hi")
				after(10 * time.Minute)
				requirePauses(t, want, seen.pauses("hi"))
				require.Equal(t, tries, w.Letters()[0].Attempts)
			})
		})
	}
}

// TestRetryOfSeveralRoutes: as long as one of the routes that failed has a try left no route takes
// effect; then those that succeed do, and the others are in one dead letter.
func TestRetryOfSeveralRoutes(t *testing.T) {
	t.Parallel()
	fails := func(name string, tries int) routing.Route {
		r := route(name, func(context.Context, *receiving.Event, *sending.Replier) error { return errors.New(name) })
		r.Retry = handling.Retry{Tries: tries}
		return r
	}
	cfg := config{Policy: texts(fails("once", 1), fails("thrice", 3), echo)}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(5 * time.Second)
		require.Empty(t, w.Texts(ada))
		require.Empty(t, w.Letters())
		after(time.Minute)
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
		require.Len(t, w.Letters(), 1)
		require.Equal(t, []store.Failure{{Route: "once", Error: "once"}, {Route: "thrice", Error: "thrice"}}, w.Letters()[0].Failures)
		require.Equal(t, 3, w.Letters()[0].Attempts)
	})
}

// asks returns a handler that asks for a later time so many times, and then answers.
func asks(seen *runs, times int, d time.Duration) handling.Func {
	return func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		n := seen.add(ctx, ev)
		if err := thumb(ctx, ev, reply); err != nil {
			return err
		}
		if err := reply.Reply(ctx, sending.Text("done "+ev.Text())); err != nil {
			return err
		}
		if n <= times {
			return fmt.Errorf("busy: %w", handling.RetryAfter(d))
		}
		return nil
	}
}

// TestRetryAfterIsNoTry: a handler may ask more often than there are tries. The event waits at the
// head of its conversation, and only there.
func TestRetryAfterIsNoTry(t *testing.T) {
	t.Parallel()
	var seen runs
	var logged bubble.Log
	cfg := config{
		Logger: slog.New(slog.NewTextHandler(&logged, nil)),
		Policy: texts(routing.Route{When: routing.Text{Pattern: "wait"}, Handler: asks(&seen, 9, 20*time.Second)},
			routing.Route{When: routing.Not{Condition: routing.Text{Pattern: "wait"}}, Handler: echo.Handler}),
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "wait")
		w.Says(ada, "later")
		w.Says(lin, "hi")
		after(time.Second)
		require.Equal(t, []string{"you said hi"}, w.Texts(lin), "nobody else waits")
		after(170 * time.Second)
		require.Empty(t, w.Texts(ada))
		stats := w.engine.Counts()
		require.EqualValues(t, len(seen.times("wait")), stats.Retried)
		require.Zero(t, stats.Dead)
		after(60 * time.Second)
		require.Equal(t, []string{"done wait", "you said later"}, w.Texts(ada))
		require.Equal(t, slices.Repeat([]int{1}, 10), seen.tries("wait"))
		requirePauses(t, slices.Repeat([]time.Duration{20 * time.Second}, 9), seen.pauses("wait"))
		require.Equal(t, 1, w.Person(ada).ThumbUps, "what a turn queued that asked to wait is dropped")
	})
	require.Contains(t, logged.String(), "level=INFO msg=\"an event waits, as a handler asked\"")
	require.Contains(t, logged.String(), "pause=2")
	require.NotContains(t, logged.String(), "level=WARN msg=\"an event will be tried again\"")
}

// TestRetryAfterEnds: an event that always asks is tried like any other once it is as old as
// MaxWait. Then the conversation goes on.
func TestRetryAfterEnds(t *testing.T) {
	t.Parallel()
	var seen runs
	r := route("always", asks(&seen, 1<<30, time.Minute))
	r.When, r.Retry = routing.Text{Pattern: "wait"}, handling.Retry{MaxWait: 10 * time.Minute, Tries: 3}
	cfg := config{Policy: texts(r, routing.Route{Name: "echo", When: routing.Text{Pattern: "later"}, Handler: echo.Handler})}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "wait")
		w.Says(ada, "later")
		after(10 * time.Minute)
		require.Empty(t, w.Letters())
		require.Equal(t, slices.Repeat([]int{1}, len(seen.tries("wait"))), seen.tries("wait"))
		after(2 * time.Minute)
		require.Empty(t, w.Letters(), "the time that it asks for is still given")
		after(3 * time.Minute)
		require.Len(t, w.Letters(), 1)
		require.Equal(t, []store.Failure{{Route: "always", Error: "busy: handling: retry after 1m0s"}}, w.Letters()[0].Failures)
		require.Equal(t, 3, w.Letters()[0].Attempts)
		require.Equal(t, []string{"you said later"}, w.Texts(ada))
	})
}

// TestRetryAfterOutlivesARestart: the pause is in the store.
func TestRetryAfterOutlivesARestart(t *testing.T) {
	t.Parallel()
	var seen runs
	inBubble(t, simulator.Config{}, config{Policy: texts(route("wait", asks(&seen, 1, 10*time.Minute)))}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		w.Stop()
		after(5 * time.Minute)
		w.start()
		after(4 * time.Minute)
		require.Empty(t, w.Texts(ada), "a restart does not cut the pause short")
		after(5 * time.Minute)
		require.Equal(t, []string{"done hi"}, w.Texts(ada))
		requirePauses(t, []time.Duration{10 * time.Minute}, seen.pauses("hi"))
	})
}

// TestRetryAfterFromAnywhere: a sender and a middleware may ask too.
func TestRetryAfterFromAnywhere(t *testing.T) {
	t.Parallel()
	early := func(at time.Time) error {
		if time.Since(at) < 40*time.Second {
			return handling.RetryAfter(40 * time.Second)
		}
		return nil
	}
	inBubble(t, simulator.Config{}, config{}, func(w *world) {
		w.Stop()
		started := time.Now()
		w.cfg.Policy = texts(routing.Route{Handler: handling.Dummy{}, Senders: []sending.Sender{
			sending.Func(func(context.Context, *receiving.Event) ([]sending.Message, error) {
				return []sending.Message{sending.Text("sent")}, early(started)
			})}})
		w.start()
		w.Says(ada, "hi")
		after(39 * time.Second)
		require.Empty(t, w.Texts(ada))
		after(12 * time.Second)
		require.Equal(t, []string{"sent"}, w.Texts(ada))

		w.Stop()
		started = time.Now()
		w.cfg.Policy = texts(echo)
		w.cfg.TurnMiddleware = []handling.Middleware{func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error {
				if err := early(started); err != nil {
					return err
				}
				return next(ctx, ev)
			}
		}}
		w.start()
		w.Says(lin, "hi")
		after(39 * time.Second)
		require.Empty(t, w.Texts(lin))
		after(12 * time.Second)
		require.Equal(t, []string{"you said hi"}, w.Texts(lin))
		require.Empty(t, w.Letters())
	})
}

// TestRetriesAfterAnOutage: conversations that failed in the same instant are tried again spread
// over a quarter of the pause.
func TestRetriesAfterAnOutage(t *testing.T) {
	t.Parallel()
	var seen runs
	const people = 60
	inBubble(t, simulator.Config{People: crowd(people)}, config{Policy: texts(route("down", asks(&seen, 1, 100*time.Second)))}, func(w *world) {
		for i := range people {
			w.Says(fmt.Sprint(70+i), fmt.Sprint(i))
		}
		after(150 * time.Second)
		instants := map[time.Duration]bool{}
		for i := range people {
			require.Len(t, seen.times(fmt.Sprint(i)), 2)
			instants[seen.times(fmt.Sprint(i))[1].Sub(seen.times(fmt.Sprint(i))[0]).Truncate(time.Second)] = true
		}
		require.Greater(t, len(instants), 12, "of 25 seconds")
	})
}
