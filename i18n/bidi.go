package i18n

import (
	"strings"
	"unicode"
)

// The marks that keep a piece of text whole among text of another direction; see Unicode's UAX #9.
const (
	leftIsolate  = '\u2066'
	firstIsolate = '\u2068'
	popIsolate   = '\u2069'
)

// isolated returns a value that a text of a direction can have as a piece, in isolates if it needs them.
func isolated(value string, textIsRightToLeft bool) string {
	return string(appendIsolated(nil, value, textIsRightToLeft))
}

// appendIsolated is isolated, into a buffer.
func appendIsolated(out []byte, value string, textIsRightToLeft bool) []byte {
	if !needsIsolate(value, textIsRightToLeft) {
		return append(out, value...)
	}
	out = append(append(out, string(firstIsolate)...), balanced(value)...)
	return append(out, string(popIsolate)...)
}

// needsIsolate reports whether a value can disturb the order of a text: one that has letters of the other direction or marks,
// and in a right-to-left text also one whose signs would move, such as "+49 (30)".
func needsIsolate(value string, textIsRightToLeft bool) bool {
	for _, r := range value {
		switch {
		case isMark(r):
			return true
		case textIsRightToLeft && !isRightToLeft(r) && r != ' ' && !unicode.Is(unicode.Mn, r):
			return true
		case !textIsRightToLeft && isRightToLeft(r):
			return true
		}
	}
	return false
}

// isMark reports whether a character changes the direction of what follows it.
func isMark(r rune) bool {
	return '\u202a' <= r && r <= '\u202e' || leftIsolate <= r && r <= popIsolate
}

// isRightToLeft reports whether a character is of a script that is written so.
func isRightToLeft(r rune) bool {
	switch {
	case r < 0x590:
		return false
	case r <= 0x8ff, r == 0x200f, 0xfb1d <= r && r <= 0xfdff, 0xfe70 <= r && r <= 0xfefc:
		return true
	}
	return 0x10800 <= r && r <= 0x10fff || 0x1e800 <= r && r <= 0x1efff
}

// balanced returns a value whose isolates are closed, and which closes none that it did not open.
func balanced(value string) string {
	if strings.IndexFunc(value, func(r rune) bool { return leftIsolate <= r && r <= popIsolate }) < 0 {
		return value
	}
	open := 0
	var out strings.Builder
	for _, r := range value {
		switch {
		case r == popIsolate && open == 0:
			continue
		case r == popIsolate:
			open--
		case leftIsolate <= r && r < popIsolate:
			open++
		}
		out.WriteRune(r)
	}
	return out.String() + strings.Repeat(string(popIsolate), open)
}
