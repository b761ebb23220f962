package dialog

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold returns what two texts have in common that a person takes for the same: letter case,
// width, spaces, and the punctuation and symbols at the ends do not count. A text of nothing
// else, such as a thumb, keeps them.
func fold(text string) string {
	folded := strings.Join(strings.Fields(norm.NFKC.String(cases.Fold().String(norm.NFKC.String(text)))), " ")
	trimmed := strings.TrimFunc(folded, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) })
	if trimmed == "" {
		return folded
	}
	return trimmed
}

// choiceOf returns the key of the choice that a text names: by its title, as the person saw
// it, or by its number, counted from 1, unless a title begins with a digit.
func choiceOf(ctx context.Context, choices []Choice, text string) (key string, ok bool) {
	said := fold(text)
	if said == "" {
		return "", false
	}
	numbered := true
	for _, c := range choices {
		for _, title := range []string{c.title(ctx), c.Title} {
			if fold(title) == said {
				return c.Key, true
			}
		}
		first, _ := firstRune(fold(c.title(ctx)))
		numbered = numbered && !unicode.IsNumber(first)
	}
	n, err := strconv.Atoi(digits(said))
	if numbered && err == nil && n >= 1 && n <= len(choices) {
		return choices[n-1].Key, true
	}
	return "", false
}

func firstRune(text string) (rune, bool) {
	for _, r := range text {
		return r, true
	}
	return 0, false
}

// digits returns a text with the decimal digits of every script as those of ASCII.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if d, ok := digit(r); ok {
			return '0' + d
		}
		return r
	}, text)
}

// digit returns the value of a decimal digit. Unicode has them in runs from 0 to 9.
func digit(r rune) (rune, bool) {
	if r >= '0' && r <= '9' {
		return r - '0', true
	}
	for _, run := range unicode.Nd.R16 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return (r - rune(run.Lo)) % 10, true
		}
	}
	for _, run := range unicode.Nd.R32 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) { //nolint:gosec // a rune
			return (r - rune(run.Lo)) % 10, true //nolint:gosec // a rune
		}
	}
	return 0, false
}
