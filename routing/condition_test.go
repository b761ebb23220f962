package routing_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// says is a condition that always says the same.
func says(name string, match bool) routing.Condition {
	return routing.If(name, func(context.Context, *receiving.Event) bool { return match })
}

func TestConditionsCombine(t *testing.T) {
	t.Parallel()
	yes, no := says("yes", true), says("no", false)
	for _, c := range []struct {
		condition routing.Condition
		want      bool
		text      string
		why       string
	}{
		{yes, true, `If "yes"`, `When If "yes" matches`},
		{no, false, `If "no"`, `When If "no" does not match`},
		{routing.All{yes, yes}, true, `All(If "yes", If "yes")`, `When All(If "yes", If "yes") matches`},
		{routing.All{yes, no}, false, `All(If "yes", If "no")`, `When All(If "yes", If "no"): If "no" does not match`},
		{routing.All{}, true, `All()`, `When All() matches`},
		{routing.Any{no, yes}, true, `Any(If "no", If "yes")`, `When Any(If "no", If "yes") matches`},
		{routing.Any{no, no}, false, `Any(If "no", If "no")`, `When Any(If "no", If "no") does not match`},
		{routing.Any{}, false, `Any()`, `When Any() does not match`},
		{routing.Not{Condition: no}, true, `Not(If "no")`, `When Not(If "no") matches`},
		{routing.Not{Condition: yes}, false, `Not(If "yes")`, `When Not(If "yes") does not match`},
		{routing.All{yes, routing.All{yes, routing.Any{no}}}, false, `All(If "yes", All(If "yes", Any(If "no")))`,
			`When All(If "yes", All(If "yes", Any(If "no"))): Any(If "no") does not match`},
	} {
		ev := event(receiving.TypeImage)
		require.Equal(t, c.want, c.condition.Match(t.Context(), ev), c.text)
		require.Equal(t, c.text, c.condition.String())
		explained := routing.Explain(t.Context(), routing.Policy{receiving.TypeImage: {{When: c.condition, Senders: sending.List(sending.Text("a"))}}}, ev)
		require.Equal(t, c.want, explained[0].Fires, c.text)
		require.Equal(t, c.want, explained[0].Answers, c.text)
		require.Equal(t, c.why, explained[0].Why)
	}
}

func TestConditionIsAskedBeforeTheHandler(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{receiving.TypeImage: {
		{When: says("no", false), Handler: panics{}},
		{When: says("yes", true), Handler: refuses{}},
		{When: says("yes", true), Handler: panics{}},
		{Handler: handling.Dummy{}, Otherwise: true},
	}}
	var why []string
	for _, e := range routing.Explain(t.Context(), policy, event(receiving.TypeImage)) {
		require.False(t, e.Fires)
		why = append(why, e.Why)
	}
	require.Equal(t, []string{
		`When If "no" does not match`,
		`When If "yes" matches, and routing_test.refuses.ShouldHandle says no`,
		`it fails: panic: asked`,
		`it is an otherwise route, and one before it handles the event`,
	}, why)
}

type panics struct{ handling.Dummy }

func (panics) ShouldHandle(context.Context, *receiving.Event) bool { panic("asked") }

func TestValidateOfRoutesWithConditions(t *testing.T) {
	t.Parallel()
	answer := sending.List(sending.Text("a"))
	var none *handling.SimpleText
	for want, policy := range map[string]routing.Policy{
		"": {receiving.TypeImage: {{When: says("yes", true), Senders: answer}}},
		"IMAGE/0: its handler is nil; only a route with When and Senders needs none": {receiving.TypeImage: {{Senders: answer}}},
		"IMAGE/0: its handler is nil; only":                                          {receiving.TypeImage: {{When: says("yes", true), Handler: none, Senders: answer}}},
		"IMAGE/0: it has neither a handler nor senders":                              {receiving.TypeImage: {{When: says("yes", true)}}},
		"IMAGE/0: its Timeout of -1s is negative":                                    {receiving.TypeImage: {{Handler: handling.Dummy{}, Timeout: -time.Second}}},
		"IMAGE/0: Retry.Pauses[0]: is negative: -1s":                                 {receiving.TypeImage: {{Handler: handling.Dummy{}, Retry: handling.Retry{Pauses: []time.Duration{-time.Second}}}}},
		"IMAGE/0: it has TypedTaps, but it is not under TAP or the type of a tap":    {receiving.TypeImage: {{Handler: handling.Dummy{}, TypedTaps: true}}},
		"IMAGE/0: When[1][0]: the condition is nil": {receiving.TypeImage: {{
			When: routing.All{says("yes", true), routing.Not{}}, Handler: handling.Dummy{},
		}}},
	} {
		_, err := routes.Compile(policy)
		require.Equal(t, policy.Validate(), err)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want)
	}
}
