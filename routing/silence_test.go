package routing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// TestExplainWhileTheBotIsSilent: which routes of an act and of an echo run, and that they do not answer.
func TestExplainWhileTheBotIsSilent(t *testing.T) {
	t.Parallel()
	answer := func(name string, despite bool) routing.Route {
		return routing.Route{Name: name, Handler: handling.Dummy{}, Senders: sending.List(sending.Text("a")), DespiteSilence: despite}
	}
	policy := routing.Policy{
		receiving.TypeDefault:    {answer("default", false), answer("default despite", true)},
		receiving.TypePostback:   {answer("own", false), answer("own despite", true)},
		receiving.TypeTap:        {answer("tap", false), answer("tap despite", true)},
		receiving.TypeEcho:       {answer("echo", false), answer("echo despite", true)},
		receiving.TypeSimpleText: {{Name: "first", Handler: handling.Dummy{}}, {Name: "otherwise", Handler: handling.Dummy{}, Otherwise: true, DespiteSilence: true}},
	}
	require.NoError(t, policy.Validate(), "a route before one that runs despite the silence does not keep it from running")
	ctx := handling.WithSilence(t.Context(), handling.Silence{Why: "closed", Until: time.Unix(0, 0)})
	explain := func(ev *receiving.Event) (fires, answers []string, why map[string]string) {
		ev.PageID, ev.PSID = "1", "2"
		why = map[string]string{}
		for _, e := range routing.Explain(ctx, policy, ev) {
			why[e.Route] = e.Why
			if e.Fires {
				fires = append(fires, e.Route)
			}
			require.Equal(t, e.Answers, len(e.Ways) > 0 && e.Fires && e.Route != "otherwise")
			if e.Answers {
				answers = append(answers, e.Route)
			}
		}
		return fires, answers, why
	}
	const silent = "silent: closed, until 1970-01-01T00:00:00Z"
	fires, answers, why := explain(&receiving.Event{Type: receiving.TypePostback, Payload: &receiving.Postback{}})
	require.Equal(t, []string{"default", "default despite", "own despite", "tap despite"}, fires)
	require.Equal(t, []string{"default despite", "own despite", "tap despite"}, answers)
	require.Equal(t, silent, why["own"])
	require.Equal(t, silent, why["tap"])
	require.Contains(t, why["default"], "its senders say nothing, "+silent)

	fires, answers, why = explain(&receiving.Event{Type: receiving.TypeEcho, Payload: &receiving.Message{IsEcho: true}})
	require.Equal(t, []string{"default", "default despite", "echo", "echo despite"}, fires)
	require.Equal(t, []string{"echo despite"}, answers, "under DEFAULT an echo is never answered")
	require.Contains(t, why["echo"], silent)

	fires, _, _ = explain(&receiving.Event{Type: receiving.TypeSimpleText, Payload: &receiving.Message{Text: "hi"}})
	require.Equal(t, []string{"default", "default despite", "otherwise"}, fires, "a silenced route has not handled the event")
}
