package handling

import "errors"

// TextMatcher matches texts by rules that RE2 syntax does not have, such as those
// of Python's patterns. It must be safe for concurrent use.
type TextMatcher interface {
	// MatchText reports whether the whole text matches, and returns what the
	// named groups have matched.
	MatchText(text string) (groups map[string]string, ok bool)
}

var errTwoPatterns = errors.New("handling: Pattern and Matcher are both set")
