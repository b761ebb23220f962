package datatree

import (
	"strconv"
	"strings"
	"unicode"
)

// Below returns the place of a member. A name that is not one word is quoted.
func Below(place, name string) string {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-$", r)
	}
	switch {
	case name == "" || len(name) > MaxShown || strings.ContainsFunc(name, odd):
		return place + "[" + Quoted(name) + "]"
	case place == "":
		return name
	default:
		return place + "." + name
	}
}

// MaxShown is how many characters of a text in the file a mistake shows.
const MaxShown = 100

// Quoted returns a text of the file in quotes, control characters escaped, the
// beginning of a long one.
func Quoted(text string) string {
	if start := beginning(text, MaxShown); start != text {
		return strconv.Quote(start) + "…"
	}
	return strconv.Quote(text)
}

// beginning returns at most so many characters of a text.
func beginning(text string, characters int) string {
	for i := range text {
		if characters--; characters < 0 {
			return text[:i]
		}
	}
	return text
}

// Printable returns a problem with control characters escaped, newlines excepted, or
// the beginning of a long one: it may have parts of the file, and reach a terminal.
func Printable(problem string) string {
	if start := beginning(problem, 8*MaxShown); start != problem {
		problem = start + "…"
	}
	if !strings.ContainsFunc(problem, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		return problem
	}
	var b strings.Builder
	for _, r := range problem {
		if r == '\n' || unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
	}
	return b.String()
}
