package sending

import (
	"context"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// Sender composes messages in answer to an event. It does no I/O and keeps no
// state of its own: the bot delivers what it returns, in order, after the turn
// has committed, and may call it again for the same event after a failure. It
// must be safe for concurrent use.
//
// A sender with arguments that can be invalid implements Validate() error,
// which is called when the bot is built.
type Sender interface {
	Compose(ctx context.Context, ev *receiving.Event) ([]Message, error)
}

// Func is a Sender made of a function.
type Func func(ctx context.Context, ev *receiving.Event) ([]Message, error)

// Compose calls the function.
func (f Func) Compose(ctx context.Context, ev *receiving.Event) ([]Message, error) {
	return f(ctx, ev)
}

// Compose lets a message be its own sender: a fixed answer, as it is, without
// translation.
func (m Message) Compose(context.Context, *receiving.Event) ([]Message, error) {
	return []Message{m}, nil
}

// List makes a list of senders, for a route.
func List(senders ...Sender) []Sender { return senders }

// nameOf names a sender: by its String method if it has one, otherwise by its
// type.
func nameOf(s Sender) string {
	if _, ok := s.(fmt.Stringer); ok {
		return fmt.Sprint(s)
	}
	return fmt.Sprintf("%T", s)
}

// After makes a sender whose messages wait before they go out, a [Delayed].
func After(delay time.Duration, sender Sender) Sender { return Delayed{delay, sender} }

// Delayed is a sender whose messages wait before they go out; see [Message.After].
type Delayed struct {
	// Delay is added to that of each message; at most [MaxDelay].
	Delay time.Duration
	// Sender composes the messages.
	Sender Sender
}

// String returns how it is made in Go.
func (d Delayed) String() string {
	return fmt.Sprintf("sending.After(%v, %s)", d.Delay, nameOf(d.Sender))
}

// Compose composes the messages of Sender, and adds Delay to theirs.
func (d Delayed) Compose(ctx context.Context, ev *receiving.Event) ([]Message, error) {
	composed, err := d.Sender.Compose(ctx, ev)
	messages := make([]Message, len(composed))
	for i, m := range composed {
		messages[i] = m.After(m.Delay + d.Delay)
	}
	return messages, err
}

// TextRefs returns the texts that Sender translates.
func (d Delayed) TextRefs() []i18n.TextRef { return i18n.TextRefsOf("", d.Sender) }

// Validate reports a delay out of range, and what Sender reports.
func (d Delayed) Validate() error {
	switch s := d.Sender.(type) {
	case nil:
		return &FieldError{Problem: "After has no sender"}
	case Message:
		return s.After(s.Delay + d.Delay).Validate("")
	}
	if d.Delay < 0 || d.Delay > MaxDelay {
		return &FieldError{Field: "delay", Problem: fmt.Sprintf("%v is not between 0 and %v", d.Delay, MaxDelay)}
	}
	if v, ok := d.Sender.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}
