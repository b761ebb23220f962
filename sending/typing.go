package sending

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/nilcheck"
	"github.com/djmessenger/messenger/receiving"
)

// MaxTyping is how long the platform shows the typing mark.
const MaxTyping = 20 * time.Second

// Pace is how fast the page seems to type. The zero value is a fast typist.
type Pace struct {
	// PerSecond is how many characters are typed in a second. Default: 20.
	PerSecond int
	// Min is how long a message takes at least, and how long one without a
	// text takes. Default: 1 s.
	Min time.Duration
	// Max is how long a message takes at most, up to [MaxTyping]. Default: 5 s.
	Max time.Duration
}

// Type returns messages that go out as if they were typed: each waits for as
// long as its text takes, after the one before it, and meanwhile the typing
// mark is shown. Messages with a delay are typed when the delay is over. Sender
// actions take no time. The messages are in the order in which they go out.
//
// The waits are those of [Message.After]: durable, counted from the commit of
// the turn, and without effect on other messages. Pass all messages that must
// stay in order to one call. Messages that may be sent when the 24-hour window
// is closed wait without the mark, since a sender action may not be sent then.
func (p Pace) Type(messages ...Message) []Message {
	typed, _ := p.typeFrom(0, messages)
	return typed
}

// typeFrom is Type for messages that follow others: the first is typed from
// start on. It also returns when the last one has gone out, of those that do not
// wait for a time of their own.
func (p Pace) typeFrom(start time.Duration, messages []Message) ([]Message, time.Duration) {
	// What waits longer goes out later.
	ordered := slices.SortedStableFunc(slices.Values(messages), func(a, b Message) int { return cmp.Compare(a.Delay, b.Delay) })
	typed := make([]Message, 0, 2*len(ordered))
	free, end := start, start // when the one before it has gone out
	for _, m := range ordered {
		follows := m.Delay <= end
		free = max(free, m.Delay)
		if m.SenderAction == "" {
			if !m.WindowFree() {
				typed = append(typed, Message{
					Recipient: m.Recipient, PersonaID: m.PersonaID, SenderAction: TypingOn, Delay: free,
				})
			}
			free += p.takes(m.Text)
		}
		typed = append(typed, m.After(free))
		if follows {
			end = free
		}
	}
	return typed, end
}

// takes returns how long it takes to type a text.
func (p Pace) takes(text string) time.Duration {
	p = p.withDefaults()
	needed := time.Duration(utf8.RuneCountInString(text)) * time.Second / time.Duration(p.PerSecond)
	return min(max(needed, p.Min), p.Max).Round(time.Millisecond)
}

func (p Pace) withDefaults() Pace {
	if p.PerSecond <= 0 {
		p.PerSecond = 20
	}
	if p.Max <= 0 {
		p.Max = 5 * time.Second
	}
	if p.Min <= 0 {
		p.Min = min(time.Second, p.Max)
	}
	return p
}

// Validate reports negative values, a Max over [MaxTyping] and a Min over Max.
func (p Pace) Validate() error {
	var c check
	if p.PerSecond < 0 {
		c.fail("pace.per_second", fmt.Sprintf("%d is negative", p.PerSecond))
	}
	if p.Max < 0 || p.Max > MaxTyping {
		c.fail("pace.max", fmt.Sprintf("%v is not between 0 and %v", p.Max, MaxTyping))
	}
	if longest := p.withDefaults().Max; p.Min < 0 || p.Min > longest {
		c.fail("pace.min", fmt.Sprintf("%v is not between 0 and the maximum of %v", p.Min, longest))
	}
	return c.err()
}

// Typing sends the messages of other senders as if they were typed; see
// [Pace.Type]. It keeps the order of a route's senders: what is listed after it,
// another Typing too, waits until it has finished. What has a delay of its own,
// by [After], goes out at its own time, but not before. See [Replier.Send].
type Typing struct {
	// Senders compose the messages, in order.
	Senders []Sender
	// Pace is how fast they are typed.
	Pace Pace
}

// TextRefs returns the texts that its senders translate.
func (t Typing) TextRefs() []i18n.TextRef {
	var refs []i18n.TextRef
	for i, s := range t.Senders {
		refs = append(refs, i18n.TextRefsOf(entry("senders", i), s)...)
	}
	return refs
}

// Compose makes the messages and the typing marks before them.
func (t Typing) Compose(ctx context.Context, ev *receiving.Event) ([]Message, error) {
	messages, _, err := t.composeFrom(ctx, ev, 0)
	return messages, err
}

// composeFrom is Compose for a Typing that follows other messages; see typeFrom.
func (t Typing) composeFrom(ctx context.Context, ev *receiving.Event, start time.Duration) ([]Message, time.Duration, error) {
	var typed, untyped []Message
	flush := func() {
		var part []Message
		part, start = t.Pace.typeFrom(start, untyped)
		typed, untyped = append(typed, part...), nil
	}
	for _, s := range t.Senders {
		var composed []Message
		var err error
		if inner, ok := asTyping(s); ok { // it has its own pace
			flush()
			composed, start, err = inner.composeFrom(ctx, ev, start)
			typed = append(typed, composed...)
		} else {
			composed, err = s.Compose(ctx, ev)
			untyped = append(untyped, composed...)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("sender %s: %w", nameOf(s), err)
		}
	}
	flush()
	return typed, start, nil
}

func asTyping(s Sender) (Typing, bool) {
	switch s := s.(type) {
	case Typing:
		return s, true
	case *Typing:
		return *s, true
	}
	return Typing{}, false
}

// composeAfter composes the messages of a sender that follows others, the last
// of which is typed until start. It also returns until when this one types.
func composeAfter(ctx context.Context, ev *receiving.Event, start time.Duration, sender Sender) ([]Message, time.Duration, error) {
	if typing, ok := asTyping(sender); ok {
		return typing.composeFrom(ctx, ev, start)
	}
	composed, err := sender.Compose(ctx, ev)
	messages := slices.Clone(composed)
	for i, m := range messages {
		messages[i] = m.After(max(m.Delay, start))
	}
	return messages, start, err
}

// Validate reports the mistakes of the pace and of the senders, and that there
// are none.
func (t Typing) Validate() error {
	errs := []error{t.Pace.Validate()}
	if len(t.Senders) == 0 {
		errs = append(errs, &FieldError{Problem: "Typing has no senders"})
	}
	for i, s := range t.Senders {
		if err := validateSender(s); err != nil {
			errs = append(errs, within(fmt.Sprintf("senders[%d]", i), err))
		}
	}
	return errors.Join(errs...)
}

// validateSender reports a sender that is nil, and the mistakes of another.
func validateSender(s Sender) error {
	if nilcheck.IsNil(s) {
		return errors.New("is nil")
	}
	switch s := s.(type) {
	case Message:
		return s.Validate("")
	case interface{ Validate() error }:
		return s.Validate()
	}
	return nil
}
