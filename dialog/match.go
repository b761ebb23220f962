package dialog

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold returns what two texts have in common that a person takes for the same: letter case,
// width, spaces, and the punctuation and symbols at the ends do not count. A text of nothing
// else, such as a thumb, keeps them.
func fold(text string) string {
	folded := strings.Join(strings.Fields(norm.NFKC.String(cases.Fold().String(norm.NFKC.String(visible(text))))), " ")
	trimmed := strings.TrimFunc(folded, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) })
	if trimmed == "" {
		return folded
	}
	return trimmed
}

// maxNumbered is how many choices a question may have that are also chosen by their numbers. With
// more, its chips may come in pages, on which a person counts from 1 again.
const maxNumbered = MaxChoices - 1

// choiceOf returns the key of the choice that a text names: by its title, by what its chip shows, or
// by its number, counted from 1, unless a title begins with a digit or there are too many. What
// names several choices names none.
func choiceOf(ctx context.Context, choices []Choice, text string) (key string, ok bool) {
	said := fold(text)
	if said == "" {
		return "", false
	}
	all := shownOf(ctx, choices)
	for _, name := range []func(shown) string{
		func(c shown) string { return c.title }, func(c shown) string { return c.Title }, func(c shown) string { return c.chip },
	} {
		found := 0
		for _, c := range all {
			if fold(name(c)) == said {
				key, found = c.Key, found+1
			}
		}
		if found > 0 {
			return key, found == 1
		}
	}
	if len(choices) > maxNumbered || slices.ContainsFunc(all, func(c shown) bool { return beginsWithNumber(c.title) }) {
		return "", false
	}
	n, err := strconv.Atoi(digits(said))
	if err != nil || n < 1 || n > len(choices) {
		return "", false
	}
	return choices[n-1].Key, true
}

func beginsWithNumber(title string) bool {
	first, _ := utf8.DecodeRuneInString(fold(title))
	return unicode.IsNumber(first)
}

// digits returns a text with the decimal digits of every script, and those on keycaps, as those of ASCII.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\uFE0F' || r == '\u20E3' {
			return -1
		}
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
