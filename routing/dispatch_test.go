package routing_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// policyOf has so many routes, of which one is under SIMPLE_TEXT and the others are under other types.
func policyOf(routes int) routing.Policy {
	policy := routing.Policy{receiving.TypeSimpleText: {{Name: "text", Handler: handling.SimpleText{Pattern: `hi|hello`}}}}
	others := []receiving.Type{receiving.TypePostback, receiving.TypeQuickReply, receiving.TypeTap, receiving.TypeImage}
	for i := range routes - 1 {
		t := others[i%len(others)]
		if t == receiving.TypeImage {
			policy[t] = append(policy[t], routing.Route{Handler: handling.Dummy{}})
			continue
		}
		kind := payload.New[int](fmt.Sprintf("kind.%d", i))
		policy[t] = append(policy[t], routing.Route{Handler: handling.OnPayload(kind, func(context.Context, *receiving.Event, int, *sending.Replier) error { return nil })})
	}
	return policy
}

// dispatch goes through the routes for an event as a turn does, and returns how many handle it.
func dispatch(ctx context.Context, policy *routes.Table, ev *receiving.Event) (handled int) {
	plan, err := policy.Plan(ctx, ev)
	if err != nil {
		return 0
	}
	var runner routes.Runner
	for _, step := range plan.Steps {
		if runner.Runs(step) && step.Ask(ctx, plan.Event(step)).Yes {
			runner.Handled(step)
			handled++
		}
	}
	return handled
}

//nolint:paralleltest // it counts allocations, also those of tests beside it
func TestDispatchAllocatesNothingForOtherRoutes(t *testing.T) {
	ev := event(receiving.TypeSimpleText)
	allocations := func(routes int) float64 {
		policy := compile(t, policyOf(routes)).Table
		require.Equal(t, 1, dispatch(t.Context(), policy, ev))
		return testing.AllocsPerRun(100, func() { dispatch(t.Context(), policy, ev) })
	}
	one := allocations(1)
	for _, routes := range []int{10, 100, 1000} {
		require.Equal(t, one, allocations(routes), "%d routes", routes) //nolint:testifylint // counts
	}

	many := make([]routing.Route, 1000)
	for i := range many {
		many[i] = routing.Route{Handler: handling.Dummy{}, When: routing.If("never", func(context.Context, *receiving.Event) bool { return false })}
	}
	policy := compile(t, routing.Policy{receiving.TypeSimpleText: many}).Table
	require.Zero(t, testing.AllocsPerRun(100, func() { dispatch(t.Context(), policy, ev) }), "routes that an event passes by cost no allocation")
}

// BenchmarkDispatch finds the route for a text, in policies in which all other routes are under other types.
func BenchmarkDispatch(b *testing.B) {
	for _, routes := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("routes-%d", routes), func(b *testing.B) {
			policy, ev, ctx := compile(b, policyOf(routes)).Table, event(receiving.TypeSimpleText), b.Context()
			b.ReportAllocs()
			for b.Loop() {
				if dispatch(ctx, policy, ev) != 1 {
					b.Fatal("not handled")
				}
			}
		})
	}
}
