package i18n

import (
	"slices"
	"strings"
)

// List is an argument that is shown as "a, b, and c". Its items are arguments too. An empty one is nothing.
type List []any

// Choices is a [List] that is shown as "a, b, or c".
type Choices []any

// ListOf makes a [List] of texts.
func ListOf(texts ...string) List {
	items := make(List, len(texts))
	for i, text := range texts {
		items[i] = text
	}
	return items
}

// joined puts items together by the patterns of a language: of two, and at the start, the middle and the end.
func joined(language string, patterns, items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	case 2:
		return pair(language, patterns[0], items[0], items[1])
	}
	last := len(items) - 1
	text := pair(language, patterns[3], items[last-1], items[last])
	for i := last - 2; i >= 0; i-- {
		pattern := patterns[2]
		if i == 0 {
			pattern = patterns[1]
		}
		text = pair(language, pattern, items[i], text)
	}
	return text
}

func pair(language, pattern, first, second string) string {
	before, rest, _ := strings.Cut(pattern, "{0}")
	between, after, _ := strings.Cut(rest, "{1}")
	between = beforeSound(language, between, second)
	return before + first + between + second + after
}

// beforeSound returns the word between two items as the second one asks for it: Spanish says "e" instead of "y" before the
// sound of i, and "u" instead of "o" before that of o; Hebrew joins its "and" to Hebrew words only.
func beforeSound(language, between, second string) string {
	word := strings.ToLower(strings.TrimLeftFunc(second, isMark))
	starts := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(word, prefix) })
	}
	switch {
	case language == "es" && between == " y " && starts("i", "hi", "í", "hí") && !starts("hia", "hie"):
		return " e "
	case language == "es" && between == " o " && (starts("o", "ho", "ó", "hó", "8") || word == "11"):
		return " u "
	case language == "he" && between == " ו" && !starts("א", "ב", "ג", "ד", "ה", "ו", "ז", "ח", "ט", "י", "כ", "ל", "מ", "נ", "ס", "ע", "פ", "צ", "ק", "ר", "ש", "ת"):
		return " ו-"
	}
	return between
}
