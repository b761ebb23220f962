package policyfile

import (
	"context"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Placeholder stands in the policy of [Registry.Check] for a handler, sender or
// condition that could not be made. As a handler or condition it accepts every event;
// it does nothing.
type Placeholder struct {
	// Name is the name in the file.
	Name string
}

// String returns the name and that nothing is known by it.
func (p Placeholder) String() string { return p.Name + " (not known here)" }

// Supposed is true: what a Placeholder says is a supposition, and routing.Explain words it
// as one.
func (Placeholder) Supposed() bool { return true }

// Match is true.
func (Placeholder) Match(context.Context, *receiving.Event) bool { return true }

// ShouldHandle is true.
func (Placeholder) ShouldHandle(context.Context, *receiving.Event) bool { return true }

// Handle does nothing.
func (Placeholder) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }

// Compose makes no message.
func (Placeholder) Compose(context.Context, *receiving.Event) ([]sending.Message, error) {
	return nil, nil
}
