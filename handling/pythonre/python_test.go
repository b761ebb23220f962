package pythonre_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling/pythonre"
)

// table is what Python answers; testdata/generate.py writes it.
type table struct {
	Python   string
	Texts    []string
	Patterns []struct {
		Pattern string
		Error   string
		Matches map[string]map[string]string
	}
	Classes    map[string]string
	Unassigned string
	Orbits     []string
}

func python(t *testing.T) table {
	t.Helper()
	data, err := os.ReadFile("testdata/python.json")
	require.NoError(t, err)
	var answers table
	require.NoError(t, json.Unmarshal(data, &answers))
	return answers
}

// beyond are the patterns of the table that Python understands and RE2 does not, and
// what the refusal has to name.
var beyond = map[string]string{
	`(?=a)a`:               `character 1: look-ahead (?=…)`,
	`a(?=b)b`:              `character 2: look-ahead (?=…)`,
	`(?!a)b`:               `character 1: negative look-ahead (?!…)`,
	`(?<=a)b`:              `character 1: look-behind (?<=…)`,
	`(?<!a)b`:              `character 1: negative look-behind (?<!…)`,
	`(?P<x>a)(?P=x)`:       `character 9: a back-reference (?P=…)`,
	`(a)\1`:                `character 4: a back-reference \1`,
	`(a)?(?(1)b|a)`:        `character 5: a conditional group (?(…)…)`,
	`(?>a)`:                `character 1: an atomic group (?>…)`,
	`a{1001}`:              `character 2: repeats more than 1000 times`,
	`a*+`:                  `character 2: a possessive quantifier (*+)`,
	`a++`:                  `character 2: a possessive quantifier (++)`,
	`a?+`:                  `character 2: a possessive quantifier (?+)`,
	`a{2}+`:                `character 2: a possessive quantifier ({2}+)`,
	`\N{BULLET}`:           `character 1: a character by its name (\N{…})`,
	`x$\n`:                 `character 2: $ before something that can match a newline`,
	`^ab$\n^cd$`:           `character 4: $ before something that can match a newline`,
	`(?m-s:a$)\s?`:         ``,
	`(?a:\b)\b`:            ``,
	`a$b`:                  ``,
	`(?m)\Aab\n\Acd`:       ``,
	`hi(?#comment)`:        ``,
	`(?P<left>\S*)\b\s+`:   ``,
	`(x$)(y?)`:             ``,
	`(?:a$)+`:              ``,
	`(?s-i:a.b)`:           ``,
	`(?x) hi # a greeting`: ``,
}

func TestPatternsMeanWhatTheyMeanInPython(t *testing.T) {
	t.Parallel()
	answers := python(t)
	require.Greater(t, len(answers.Patterns), 300)
	translated := 0
	for _, c := range answers.Patterns {
		p, err := pythonre.Compile(c.Pattern)
		if want := beyond[c.Pattern]; want != "" {
			require.Empty(t, c.Error, "%s: Python refuses it too", c.Pattern)
			require.ErrorContains(t, err, want, c.Pattern)
			continue
		}
		if c.Error != "" {
			require.Error(t, err, "%s: in Python: %s", c.Pattern, c.Error)
			continue
		}
		require.NoError(t, err, c.Pattern)
		require.Equal(t, c.Pattern, p.String())
		translated++
		for _, text := range answers.Texts {
			groups, ok := p.MatchText(text)
			want, matches := c.Matches[text]
			require.Equal(t, matches, ok, "pattern %s, text %q", c.Pattern, text)
			require.Equal(t, want, groups, "pattern %s, text %q", c.Pattern, text)
		}
	}
	require.Greater(t, translated, 250)
}

// codes reads ranges such as "30-39 5f".
func codes(t *testing.T, ranges string) map[rune]bool {
	t.Helper()
	in := map[rune]bool{}
	for r := range strings.FieldsSeq(ranges) {
		low, high, several := strings.Cut(r, "-")
		if !several {
			high = low
		}
		first, err := strconv.ParseInt(low, 16, 32)
		require.NoError(t, err)
		last, err := strconv.ParseInt(high, 16, 32)
		require.NoError(t, err)
		for code := first; code <= last; code++ {
			in[rune(code)] = true
		}
	}
	return in
}

// Every character that the table's Python knows is in the same classes here.
func TestClassesAreThoseOfPython(t *testing.T) {
	t.Parallel()
	answers := python(t)
	unassigned := codes(t, answers.Unassigned)
	for class, ranges := range answers.Classes {
		p := pythonre.MustCompile(class)
		members := codes(t, ranges)
		require.NotEmpty(t, members)
		for r := rune(0); r <= unicode.MaxRune; r++ {
			if unassigned[r] || r >= 0xD800 && r <= 0xDFFF {
				continue
			}
			if _, ok := p.MatchText(string(r)); ok != members[r] {
				require.Equal(t, members[r], ok, "%s and %U", class, r)
			}
		}
	}
}

func TestCaseFoldsAsInPython(t *testing.T) {
	t.Parallel()
	answers := python(t)
	require.Greater(t, len(answers.Orbits), 1000)
	orbit := map[rune]string{}
	for _, same := range answers.Orbits {
		for _, r := range same {
			orbit[r] = same
		}
	}
	for r, same := range orbit {
		p := pythonre.MustCompile(`(?i)` + regexp.QuoteMeta(string(r)))
		for _, other := range same {
			_, ok := p.MatchText(string(other))
			require.True(t, ok, "%q and %q", r, other)
		}
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			_, ok := p.MatchText(string(next))
			require.Equal(t, strings.ContainsRune(same, next), ok, "%q and %q", r, next)
		}
	}
}
