package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// TestRetryAfterSeveralFailures: which failure decides, by try and age, in any order of the
// failures.
func TestRetryAfterSeveralFailures(t *testing.T) {
	t.Parallel()
	const s = time.Second
	boom := errors.New("boom")
	ask := handling.RetryAfter
	fatal := handling.Permanent(boom)
	eager := routing.Route{Name: "eager", Retry: handling.Retry{Tries: 9, Pauses: []time.Duration{2 * s}, MaxWait: 10 * s}}
	once := routing.Route{Name: "once", Retry: handling.Retry{Tries: 1}}
	plain := routing.Route{Name: "plain"}
	type failures map[*routing.Route]error
	for name, c := range map[string]struct {
		try      int
		age      time.Duration
		turn     error
		failures failures
		want     retry
	}{
		"nothing failed":                      {1, 0, nil, nil, retry{}},
		"the first try":                       {1, 0, nil, failures{&plain: boom}, retry{again: true, pause: s}},
		"the third try":                       {3, 0, nil, failures{&plain: boom}, retry{again: true, pause: 25 * s}},
		"the last try":                        {4, 0, nil, failures{&plain: boom}, retry{}},
		"beyond the last try":                 {5, 0, nil, failures{&plain: boom}, retry{}},
		"the turn itself":                     {2, 0, boom, nil, retry{again: true, pause: 5 * s}},
		"the turn itself, for the last time":  {4, 0, boom, nil, retry{}},
		"the turn asks":                       {4, 0, ask(7 * s), nil, retry{again: true, uncounted: true, pause: 7 * s}},
		"permanent":                           {1, 0, nil, failures{&plain: fatal}, retry{}},
		"outside of the window":               {1, 0, nil, failures{&plain: graph.ErrOutsideWindow}, retry{}},
		"a limit of the platform":             {1, 0, nil, failures{&plain: &sending.FieldError{}}, retry{}},
		"it ended its process":                {1, 0, errFatal, nil, retry{}},
		"a route without retries":             {1, 0, nil, failures{&once: boom}, retry{}},
		"a route with more tries":             {8, 0, nil, failures{&eager: boom}, retry{again: true, pause: 2 * s}},
		"a route with no more tries":          {9, 0, nil, failures{&eager: boom}, retry{}},
		"one route may, another may not":      {1, 0, nil, failures{&once: boom, &plain: boom}, retry{again: true, pause: s}},
		"one is permanent, another is not":    {1, 0, nil, failures{&plain: fatal, &eager: boom}, retry{again: true, pause: 2 * s}},
		"the longer pause wins":               {2, 0, nil, failures{&plain: boom, &eager: boom}, retry{again: true, pause: 5 * s}},
		"it asks":                             {1, 0, nil, failures{&plain: ask(7 * s)}, retry{again: true, uncounted: true, pause: 7 * s}},
		"it asks at the last try":             {4, 0, nil, failures{&plain: ask(7 * s)}, retry{again: true, uncounted: true, pause: 7 * s}},
		"it asks without retries":             {1, 0, nil, failures{&once: ask(7 * s)}, retry{again: true, uncounted: true, pause: 7 * s}},
		"it asks just before MaxWait":         {9, 10*s - 1, nil, failures{&eager: ask(7 * s)}, retry{again: true, uncounted: true, pause: 7 * s}},
		"it asks at MaxWait":                  {8, 10 * s, nil, failures{&eager: ask(7 * s)}, retry{again: true, pause: 7 * s}},
		"it asks at MaxWait at the last try":  {9, 10 * s, nil, failures{&eager: ask(7 * s)}, retry{}},
		"a route without one has the bot's":   {4, time.Hour - 1, nil, failures{&plain: ask(s)}, retry{again: true, uncounted: true, pause: s}},
		"and that ends too":                   {4, time.Hour, nil, failures{&plain: ask(s)}, retry{}},
		"the store's clock went back":         {4, math.MinInt64, nil, failures{&plain: ask(s)}, retry{again: true, uncounted: true, pause: s}},
		"it asks, and is permanent":           {1, 0, nil, failures{&plain: handling.Permanent(ask(s))}, retry{}},
		"it asks, and joins a permanent one":  {1, 0, nil, failures{&plain: errors.Join(ask(s), fatal)}, retry{}},
		"it asks, with its reason":            {1, 0, nil, failures{&plain: fmt.Errorf("%w: %w", boom, ask(7*s))}, retry{again: true, uncounted: true, pause: 7 * s}},
		"two ask":                             {1, 0, nil, failures{&plain: ask(7 * s), &eager: ask(8 * s)}, retry{again: true, uncounted: true, pause: 8 * s}},
		"one asks, another counts":            {1, 0, nil, failures{&plain: ask(7 * s), &eager: boom}, retry{again: true, pause: 7 * s}},
		"one asks, another waits longer":      {3, 0, nil, failures{&eager: ask(7 * s), &plain: boom}, retry{again: true, pause: 25 * s}},
		"one asks, another has no tries left": {4, 0, nil, failures{&eager: ask(7 * s), &plain: boom}, retry{again: true, uncounted: true, pause: 7 * s}},
		"one asks, the other's wait is over":  {4, 20 * s, nil, failures{&eager: ask(7 * s), &plain: ask(9 * s)}, retry{again: true, pause: 9 * s}},
	} {
		for _, order := range [][]*routing.Route{{&plain, &once, &eager}, {&eager, &once, &plain}} {
			turn := failedTurn(c.try, c.age)
			turn.failure = c.turn
			for _, route := range order {
				turn.steps = append(turn.steps, routes.Step{Name: route.Name, Retry: route.Retry})
				turn.routes = append(turn.routes, routeResult{name: route.Name, err: c.failures[route]})
			}
			got := turn.retryOf()
			require.GreaterOrEqual(t, got.pause, c.want.pause, name)
			require.LessOrEqual(t, got.pause, c.want.pause*5/4, name)
			got.pause = c.want.pause
			require.Equal(t, c.want, got, name)
		}
	}
}

// failedTurn is a turn of an engine with the default policy.
func failedTurn(try int, age time.Duration) *turn {
	w := &worker{e: &Engine{cfg: Config{Retry: handling.Retry{}.WithDefaults()}}, log: slog.New(slog.DiscardHandler)}
	return &turn{w: w, queued: store.QueuedEvent{Event: store.Event{Key: "k"}, Attempts: try - 1}, age: age}
}

// TestRetriesSpread: conversations that fail together in an outage are not all tried again
// together, and what an event waits is always the same.
func TestRetriesSpread(t *testing.T) {
	t.Parallel()
	const events, parts = 10_000, 20
	for _, pause := range []time.Duration{time.Second, 25 * time.Second, time.Hour} {
		most := min(pause/4, maxSpread)
		counts := make([]int, parts)
		for i := range events {
			key := fmt.Sprintf("m_%05d", i)
			added := spread(pause, key, 1)
			require.GreaterOrEqual(t, added, time.Duration(0))
			require.LessOrEqual(t, added, most)
			require.Equal(t, added, spread(pause, key, 1))
			counts[min(int(added*parts/most), parts-1)]++
		}
		require.Less(t, slices.Max(counts), 2*events/parts, "of the events in a twentieth of the time: %v", counts)
		require.Greater(t, slices.Min(counts), events/parts/2, "%v", counts)
	}
	require.NotEqual(t, spread(time.Hour, "a", 1), spread(time.Hour, "a", 2), "nor do two meet again each time")
	require.Zero(t, spread(0, "a", 1))
}
