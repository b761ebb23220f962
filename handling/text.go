package handling

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// TextBase is the base of handlers for texts that a person wrote. It supplies
// ShouldHandle and leaves Handle out:
//
//	type OrderStatus struct {
//		handling.TextBase
//		Orders *orders.Service
//	}
//
//	func (h OrderStatus) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
//		return reply.Reply(ctx, sending.Text(h.Orders.Status(ctx, ev.PSID)))
//	}
type TextBase struct {
	// Pattern is a regular expression in RE2 syntax that the whole text must
	// match; (?i) makes it ignore case, and (?s) lets a dot match the end of a
	// line too. Empty matches any text that is not empty.
	Pattern string
	// TrimSpace matches the text without the white space at its ends. Default:
	// false, the pattern must match that too.
	TrimSpace bool
	// Matcher is used instead of Pattern. Default: none.
	Matcher TextMatcher
	// Groups are the named groups that Handle reads. Validate reports those that the
	// pattern does not have, so that a policy with such a pattern is refused. A Matcher
	// must be a [GroupNamer] then. Default: none.
	Groups []string
}

// ShouldHandle reports whether the event is a text that matches.
func (b TextBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	_, ok := b.match(ev)
	return ok
}

// Handles reports the types of messages that can have a text, and TypeDefault: texts
// come as simple texts, as the titles of quick replies, and beside attachments, since
// what a person writes to a shared link, post or picture is its text. Echoes and
// deleted messages have no text of a person.
func (TextBase) Handles(t receiving.Type) bool { return hasText(t) }

// Match reports whether the event is a text that matches, and returns the
// pattern's named groups that took part in the match.
func (b TextBase) Match(ev *receiving.Event) (groups map[string]string, ok bool) { return b.match(ev) }

func (b TextBase) match(ev *receiving.Event) (groups map[string]string, ok bool) {
	return b.matchText(ev.Text())
}

// MatchText is [TextBase.Match] for a text that comes from elsewhere, such as a
// referral's ref.
func (b TextBase) MatchText(text string) (groups map[string]string, ok bool) {
	return b.matchText(text)
}

func (b TextBase) matchText(text string) (groups map[string]string, ok bool) {
	if text == "" {
		return nil, false
	}
	if b.TrimSpace {
		text = strings.TrimSpace(text)
	}
	if b.Matcher != nil {
		return b.Matcher.MatchText(text)
	}
	if b.Pattern == "" {
		return nil, true
	}
	re, err := compile(b.Pattern)
	if err != nil {
		return nil, false
	}
	at := re.FindStringSubmatchIndex(text)
	if at == nil {
		return nil, false
	}
	groups = map[string]string{}
	for i, name := range re.SubexpNames() {
		if name != "" && at[2*i] >= 0 {
			groups[name] = text[at[2*i]:at[2*i+1]]
		}
	}
	return groups, true
}

// Validate reports a pattern that does not compile, one beside a Matcher, and groups that
// the pattern does not have.
func (b TextBase) Validate() error {
	if b.Pattern != "" && b.Matcher != nil {
		return errTwoPatterns
	}
	if _, err := compile(b.Pattern); err != nil {
		return err
	}
	return b.needGroups()
}

// SimpleText handles texts that match a pattern, and leaves the answer to its
// route's senders. White space at the ends of a text does not count: telephones
// add a space after a word that they complete. The senders find the pattern's named groups as values:
//
//	{
//		Handler: handling.SimpleText{Pattern: `order (?P<number>\d+)`},
//		Senders: sending.List(sending.SimpleMessage{Text: "Looking for order %{number}."}),
//	}
type SimpleText struct {
	// Pattern is as in [TextBase].
	Pattern string
	// Exact makes the pattern match the white space at the ends of a text too,
	// as djmessenger did. Default: false.
	Exact bool
	// Matcher is used instead of Pattern. Default: none.
	Matcher TextMatcher
}

func (h SimpleText) base() TextBase {
	return TextBase{Pattern: h.Pattern, TrimSpace: !h.Exact, Matcher: h.Matcher}
}

// ShouldHandle reports whether the event is a text that matches.
func (h SimpleText) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	_, ok := h.base().match(ev)
	return ok
}

// Handle gives the named groups to the senders.
func (h SimpleText) Handle(_ context.Context, ev *receiving.Event, reply *sending.Replier) error {
	groups, ok := h.base().match(ev)
	if !ok {
		return Skip
	}
	for name, value := range groups {
		reply.Set(name, value)
	}
	return nil
}

// Handles is as in [TextBase].
func (SimpleText) Handles(t receiving.Type) bool { return hasText(t) }

// Validate reports a pattern that does not compile, and one beside a Matcher.
func (h SimpleText) Validate() error { return h.base().Validate() }

// OnText makes a handler of a function that takes the texts which match a pattern, and
// the pattern's named groups that took part in the match:
//
//	handling.OnText(`order (?P<number>\d+)`, func(ctx context.Context, ev *receiving.Event, groups map[string]string, reply *sending.Replier) error {
//		…
//	})
//
// The pattern is as in [SimpleText]: it matches the whole text, without the white
// space at its ends. An empty one matches any text.
func OnText(pattern string, fn func(ctx context.Context, ev *receiving.Event, groups map[string]string, reply *sending.Replier) error) Handler {
	return onText{TextBase{Pattern: pattern, TrimSpace: true}, fn}
}

type onText struct {
	TextBase

	fn func(context.Context, *receiving.Event, map[string]string, *sending.Replier) error
}

func (o onText) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	groups, ok := o.match(ev)
	if !ok {
		return Skip
	}
	return o.fn(ctx, ev, groups, reply)
}

func (o onText) String() string { return fmt.Sprintf("handling.OnText(%q)", o.Pattern) }

func (o onText) Validate() error { return errors.Join(o.TextBase.Validate(), needFunc(o.fn == nil)) }

func hasText(t receiving.Type) bool {
	switch t {
	case receiving.TypeEcho, receiving.TypeMessageDeleted:
		return false
	}
	return carries(t, (*receiving.Message)(nil))
}
