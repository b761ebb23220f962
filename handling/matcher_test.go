package handling_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/handling/pythonre"
	"github.com/djmessenger/messenger/sending"
)

// prefix matches texts that begin with it; the rest is a group.
type prefix string

func (p prefix) MatchText(text string) (map[string]string, bool) {
	rest, ok := strings.CutPrefix(text, string(p))
	return map[string]string{"rest": rest}, ok
}

func TestMatcherTakesThePlaceOfAPattern(t *testing.T) {
	t.Parallel()
	h := handling.SimpleText{Matcher: prefix("order ")}
	require.NoError(t, h.Validate())
	require.True(t, h.ShouldHandle(t.Context(), text("  order 4711 ")), "spaces at the ends do not count")
	require.False(t, h.ShouldHandle(t.Context(), text("hi")))
	require.False(t, h.ShouldHandle(t.Context(), text("")), "a text is needed")
	h.Exact = true
	require.False(t, h.ShouldHandle(t.Context(), text(" order 4711")))

	var recorder sending.Recorder
	ev := text("order 4711")
	require.NoError(t, h.Handle(t.Context(), ev, recorder.Replier(ev)))
	groups, ok := handling.TextBase{Matcher: prefix("order ")}.Match(text("order 4711"))
	require.True(t, ok)
	require.Equal(t, map[string]string{"rest": "4711"}, groups)

	require.ErrorContains(t, handling.TextBase{Pattern: "hi", Matcher: prefix("hi")}.Validate(), "both set")
	require.ErrorContains(t, handling.SimpleText{Pattern: "hi", Matcher: prefix("hi")}.Validate(), "both set")
}

// A group that Handle reads and the pattern does not have is found before the bot starts.
func TestGroupsThatAPatternNeeds(t *testing.T) {
	t.Parallel()
	python := pythonre.MustCompile(`(?i)(re|fw)?\s*order (?P<number>\d+)(?: of (?P<day>\w+)\b)?`)
	for _, c := range []struct {
		base  handling.TextBase
		names []string
		want  string
	}{
		{handling.TextBase{Pattern: `order (?P<number>\d+) (x) (?P<day>\w+)`, Groups: []string{"day", "number"}}, []string{"number", "day"}, ""},
		{handling.TextBase{Matcher: python, Groups: []string{"day", "number"}}, []string{"number", "day"}, ""},
		{handling.TextBase{Pattern: `order (\d+)`}, []string{}, ""},
		{handling.TextBase{Matcher: prefix("order ")}, nil, ""},
		{handling.TextBase{Groups: []string{"number"}}, []string{}, `handling: the pattern has no group "number": name it (?P<number>…)`},
		{handling.TextBase{Pattern: `order (\d+)`, Groups: []string{"number"}}, []string{}, `handling: the pattern has no group "number": name it (?P<number>…)`},
		{
			handling.TextBase{Matcher: python, Groups: []string{"nubmer", "day", "year"}},
			[]string{"number", "day"},
			"handling: the pattern has no group \"nubmer\"; there are: number, day\nhandling: the pattern has no group \"year\"; there are: number, day",
		},
		{
			handling.TextBase{Matcher: prefix("order "), Groups: []string{"rest"}},
			nil,
			`handling: the Matcher does not say whether it has the group "rest"; it needs a method GroupNames`,
		},
		{handling.TextBase{Pattern: `(`, Groups: []string{"number"}}, nil, "handling: pattern: error parsing regexp: missing closing ): `(`"},
	} {
		require.Equal(t, c.names, c.base.GroupNames())
		if c.want == "" {
			require.NoError(t, c.base.Validate())
			continue
		}
		require.EqualError(t, c.base.Validate(), c.want)
	}
	base := handling.TextBase{Pattern: `(order) (?P<number>\d+)`, Groups: []string{"number"}}
	require.Equal(t, []string{"number"}, base.GroupNames())
	groups, ok := base.MatchText("order 7")
	require.True(t, ok)
	require.Equal(t, map[string]string{"number": "7"}, groups, "listing does not change the pattern")
	groups, ok = python.MatchText("order 7 of May")
	require.True(t, ok)
	require.Equal(t, map[string]string{"number": "7", "day": "May"}, groups)
}
