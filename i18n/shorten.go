package i18n

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

const ellipsis = "…"

// Shorten returns a text that has at most limit characters, which are Unicode code points, as the platform counts them: the
// text itself, or as much of its beginning as goes with an ellipsis behind it. What a person sees as one character (an emoji
// of several, a letter with its accents) is broken only if it is over the limit alone. Isolates that it opens are closed. A limit
// below 1 is none.
func Shorten(text string, limit int) string { return shorten(text, limit, utf8.RuneCountInString) }

// ShortenBytes is [Shorten] to a number of bytes of UTF-8, as Instagram counts a message. The ellipsis has 3.
func ShortenBytes(text string, limit int) string {
	return shorten(text, limit, func(s string) int { return len(s) })
}

func shorten(text string, limit int, size func(string) int) string {
	if limit < 1 || size(text) <= limit {
		return text
	}
	room := limit - size(ellipsis)
	kept, used := 0, 0
	var open []string // what closes the marks that are open
	for at := graphemes.FromString(text); at.Next(); {
		c := at.Value()
		after := opened(open, c)
		if used+size(c)+size(strings.Join(after, "")) > room {
			break
		}
		kept, used, open = kept+len(c), used+size(c), after
	}
	head := strings.TrimRight(text[:kept], " \n\t")
	for len(open) > 0 {
		last, length := utf8.DecodeLastRuneInString(head)
		if !isOpening(last) {
			break
		}
		head, open = strings.TrimRight(head[:len(head)-length], " \n\t"), open[:len(open)-1] // with nothing in it
	}
	if head == "" {
		head = begin(text, room, size)
	}
	slices.Reverse(open)
	return head + ellipsis + strings.Join(open, "")
}

// begin returns the first code points of a text that begins with a character which has no room.
func begin(text string, room int, size func(string) int) string {
	text = strings.TrimLeft(text, " \n\t")
	kept, used := 0, 0
	for kept < len(text) {
		r, length := utf8.DecodeRuneInString(text[kept:])
		if used += size(text[kept : kept+length]); used > room || isMark(r) {
			break
		}
		kept += length
	}
	return text[:kept]
}

const popEmbedding = '\u202c'

// isOpening reports whether a character is a mark that another one closes.
func isOpening(r rune) bool { return isMark(r) && r != popEmbedding && r != popIsolate }

// opened returns what closes the marks that are open after a character.
func opened(open []string, c string) []string {
	r, length := utf8.DecodeRuneInString(c)
	last := len(open) - 1
	switch {
	case length != len(c) || !isMark(r):
		return open
	case isOpening(r) && r < leftIsolate:
		return append(slices.Clip(open), string(popEmbedding))
	case isOpening(r):
		return append(slices.Clip(open), string(popIsolate))
	case last >= 0 && open[last] == string(r):
		return open[:last]
	}
	return open
}
