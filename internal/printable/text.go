// Package printable makes texts of other programs and people safe to show in a terminal, a log or a report.
package printable

import (
	"strings"
	"unicode"
)

// Text replaces what could command a terminal, turn the direction of what stands beside it, or begin a new line: control
// characters other than a tab, Unicode's bidirectional controls and its separators of lines and paragraphs.
func Text(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
