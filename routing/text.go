package routing

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
)

// Text is met by texts that match a pattern. The pattern's named groups are values of
// the route's senders, as with [handling.SimpleText].
//
//	{
//		When:    routing.Text{Pattern: `order (?P<number>\d+)`},
//		Senders: sending.List(sending.SimpleMessage{Text: "Looking for order %{number}."}),
//	}
type Text struct {
	// Pattern is a regular expression in RE2 syntax that the whole text must match,
	// as in [handling.TextBase]. Empty matches any text that is not empty.
	Pattern string
	// Exact makes the pattern match the white space at the ends of a text too.
	// Default: false.
	Exact bool
	// Matcher is used instead of Pattern. Default: none.
	Matcher handling.TextMatcher
}

func (c Text) base() handling.TextBase {
	return handling.TextBase{Pattern: c.Pattern, TrimSpace: !c.Exact, Matcher: c.Matcher}
}

// Match reports whether the event is a text that matches.
func (c Text) Match(_ context.Context, ev *receiving.Event) bool {
	_, ok := c.base().Match(ev)
	return ok
}

// Values returns the pattern's named groups that took part in the match.
func (c Text) Values(_ context.Context, ev *receiving.Event) map[string]string {
	groups, _ := c.base().Match(ev)
	return groups
}

// Handles is that of [handling.TextBase].
func (c Text) Handles(t receiving.Type) bool { return c.base().Handles(t) }

// Validate reports a pattern that does not compile, and one beside a Matcher.
func (c Text) Validate() error { return c.base().Validate() }

func (c Text) String() string {
	switch {
	case c.Matcher != nil:
		return fmt.Sprintf("Text %v", c.Matcher)
	case c.Pattern == "":
		return "Text"
	}
	return fmt.Sprintf("Text %q", c.Pattern)
}
