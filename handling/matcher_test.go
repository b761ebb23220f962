package handling_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
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
