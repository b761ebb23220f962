package pythonre_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/handling/pythonre"
)

var _ handling.TextMatcher = (*pythonre.Pattern)(nil)

func TestHostilePatternsAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ pattern, problem string }{
		"long":                 {strings.Repeat("a", 10_001), "the limit is 10000"},
		"deep":                 {strings.Repeat("(", 9000), "more than 100 groups"},
		"repeated repetitions": {`((\w{1000}){1000}){1000}`, "RE2 refuses the pattern"},
		"a number too large":   {`a{99999999999999999999}`, "more than 1000 times"},
		"large classes":        {strings.Repeat(`[\w-]`, 500), "too many large character classes"},
		"no end":               {`[`, "does not end"},
		"no end of a range":    {`[a-`, "does not end"},
	} {
		_, err := pythonre.Compile(c.pattern)
		require.ErrorContains(t, err, c.problem, name)
		var refused *pythonre.Error
		require.ErrorAs(t, err, &refused, name)
		require.Less(t, len(err.Error()), 200, "%s: the error does not repeat the pattern", name)
	}
	_, err := pythonre.Compile(strings.Repeat("(", 100) + strings.Repeat(")", 100))
	require.NoError(t, err)
}

// RE2 needs no exponential time: with backtracking this test would not end.
func TestNoTextTakesExponentialTime(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{`(a*)*b`, `(\w|\w)*\b!`, `(?:\w+\b ?)*!`, `(.*)(.*)(.*)(.*)x`} {
		_, ok := pythonre.MustCompile(pattern).MatchText(strings.Repeat("a", 2000))
		require.False(t, ok, pattern)
	}
}

func TestBytesThatAreNoTextAreOneCharacterEach(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{`..`, `\B..\B`} {
		_, ok := pythonre.MustCompile(pattern).MatchText("\xff\xfe")
		require.True(t, ok, pattern)
	}
}

func TestMustCompilePanics(t *testing.T) {
	t.Parallel()
	require.PanicsWithValue(t, `pythonre: pattern, character 3: a back-reference \1, which RE2 does not have; docs/policy.md says what to write instead`, func() { pythonre.MustCompile(`hi\1`) })
}

func FuzzCompile(f *testing.F) {
	for _, pattern := range []string{
		`^hi$`, `(?i)\bhi\b.*`, `(?P<n>\d+)\B`, `[^\W\d_]+`, `a{,3}?`, `(?x) a # b`, `(?a:\w)\b`, `(?i)[h-k]`, `[]-a]`, `\101`, `(?#`, `(?P<`, `{1`,
	} {
		f.Add(pattern, "hi é _ 你好\n")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p, err := pythonre.Compile(pattern)
		if err != nil {
			var refused *pythonre.Error
			if !errors.As(err, &refused) || refused.Offset < 0 || refused.Offset > len(pattern) && len(pattern) < 10_000 {
				t.Errorf("%q: %v", pattern, err)
			}
			return
		}
		groups, _ := p.MatchText(text)
		for _, group := range groups {
			if strings.ToValidUTF8(text, "") == text && !strings.Contains(text, group) {
				t.Errorf("%q in %q: the group %q is no part of it", pattern, text, group)
			}
		}
	})
}

func Example() {
	status := pythonre.MustCompile(`(?i).*\border\s+(?P<number>\d+)\b.*`)
	groups, ok := status.MatchText("Où est Order 4711 ?")
	fmt.Println(groups, ok)

	_, err := pythonre.Compile(`(?!no)\w+`)
	fmt.Println(err)
	// Output:
	// map[number:4711] true
	// pattern, character 1: negative look-ahead (?!…), which RE2 does not have; docs/policy.md says what to write instead
}
