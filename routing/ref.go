package routing

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
)

// Ref is met by events of a person who came through a link, an ad or a plugin with
// such a ref: a REFERRAL, a tap (on Get Started, an ice breaker), a message, and an
// opt-in can have one; see [receiving.Event.Ref]. At most one of the fields may be set;
// without any, every ref that is not empty meets it.
type Ref struct {
	// Is is the whole ref.
	Is string
	// Prefix is what the ref begins with.
	Prefix string
	// Pattern is a regular expression in RE2 syntax that the whole ref must match. Its
	// named groups are values of the route's senders, as with [Text].
	Pattern string
}

func (c Ref) base() handling.TextBase { return handling.TextBase{Pattern: c.Pattern} }

// Match reports whether the event has such a ref.
func (c Ref) Match(_ context.Context, ev *receiving.Event) bool { return c.has(ev.Ref()) }

func (c Ref) has(ref string) bool {
	switch {
	case ref == "":
		return false
	case c.Is != "":
		return ref == c.Is
	case c.Prefix != "":
		return strings.HasPrefix(ref, c.Prefix)
	}
	_, ok := c.base().MatchText(ref)
	return ok
}

// Values returns the pattern's named groups that took part in the match.
func (c Ref) Values(_ context.Context, ev *receiving.Event) map[string]string {
	if c.Pattern == "" {
		return nil
	}
	groups, _ := c.base().MatchText(ev.Ref())
	return groups
}

// Handles reports the types whose events can have a ref.
func (Ref) Handles(t receiving.Type) bool {
	switch t {
	case receiving.TypeEcho, receiving.TypeMessageDeleted:
		return false
	}
	return t.Carries((*receiving.Referral)(nil)) || t.Carries((*receiving.Message)(nil)) ||
		t.Carries((*receiving.Postback)(nil)) || t.Carries((*receiving.OptIn)(nil))
}

// Validate reports a pattern that does not compile, and more than one field.
func (c Ref) Validate() error {
	set := 0
	for _, field := range []string{c.Is, c.Prefix, c.Pattern} {
		if field != "" {
			set++
		}
	}
	if set > 1 {
		return errors.New("routing: more than one of Is, Prefix and Pattern is set")
	}
	return c.base().Validate()
}

func (c Ref) String() string {
	switch {
	case c.Is != "":
		return fmt.Sprintf("Ref is %q", c.Is)
	case c.Prefix != "":
		return fmt.Sprintf("Ref begins with %q", c.Prefix)
	case c.Pattern != "":
		return fmt.Sprintf("Ref matches %q", c.Pattern)
	}
	return "Ref"
}
