package handling

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
)

// Handler does something about an event. It is called concurrently for events of
// different conversations; of one conversation only one event is handled at a time.
//
// The context ends when the turn's time is up, at shutdown, or when the lease
// on the conversation is lost. A handler that goes on after that has no
// effects.
type Handler interface {
	// ShouldHandle reports whether Handle is to run. It should be quick and
	// change nothing.
	ShouldHandle(ctx context.Context, ev *receiving.Event) bool
	// Handle does the work. An error fails the route: see [Permanent] and
	// [Skip] for the two that are special.
	Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error
}

// Validator is implemented by handlers, and senders, whose arguments can be
// wrong. It is called when the bot is built.
type Validator interface {
	Validate() error
}

// TypeLimited is implemented by handlers that can handle some receiving types
// only, and by all bases. A policy that routes another type to one is refused: the
// handler would never run. A struct that embeds a base and writes a ShouldHandle that
// takes more types writes Handles too.
type TypeLimited interface {
	Handles(t receiving.Type) bool
}

// TurnFunc runs the turn of one event: all its routes. Its error joins those
// of the routes that failed. It returns before the turn is committed, and so
// knows nothing of a commit that fails.
type TurnFunc func(ctx context.Context, ev *receiving.Event) error

// Middleware wraps every turn, for measuring, tracing or holding back. It must
// be safe for concurrent use. A turn whose middleware returns nil without
// calling next is over; one that returns an error of its own has failed, and is
// tried again. It calls next once at most. It may read from the turn
// (store.PersonFrom), not write to it: store.Queue returns store.ErrTurnOver.
type Middleware func(next TurnFunc) TurnFunc

// PayloadUser is implemented by handlers that read typed payloads. A policy in
// which two kinds of payload share a name is refused.
type PayloadUser interface {
	PayloadRefs() []payload.Ref
}

// Func is a Handler made of a function. It handles every event of the types
// that it is routed to.
type Func func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error

// ShouldHandle is always true.
func (Func) ShouldHandle(context.Context, *receiving.Event) bool { return true }

// Handle calls the function.
func (f Func) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	return f(ctx, ev, reply)
}

// On makes a handler of a function that takes one kind of receiving payload:
//
//	handling.On(func(ctx context.Context, ev *receiving.Event, p *receiving.Postback, reply *sending.Replier) error {
//		…
//	})
//
// It handles the events that carry such a payload.
func On[P receiving.Payload](fn func(ctx context.Context, ev *receiving.Event, p P, reply *sending.Replier) error) Handler {
	return on[P]{fn}
}

type on[P receiving.Payload] struct {
	fn func(context.Context, *receiving.Event, P, *sending.Replier) error
}

func (o on[P]) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	_, ok := ev.Payload.(P)
	return ok
}

func (o on[P]) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	p, ok := ev.Payload.(P)
	if !ok {
		return Skip
	}
	return o.fn(ctx, ev, p, reply)
}

func (o on[P]) Handles(t receiving.Type) bool {
	var p P
	return t.Carries(p)
}

func (o on[P]) String() string { return fmt.Sprintf("handling.On(%T)", *new(P)) }

func (o on[P]) Validate() error { return needFunc(o.fn == nil) }

// OnPayload makes a handler of a function that takes the typed payload of a
// tap, on a quick reply, a button, an ice breaker, an item of the persistent menu or
// Get Started, or of a signal, under [receiving.TypeSignal]:
//
//	var size = payload.New[Size]("order.size")
//
//	handling.OnPayload(size, func(ctx context.Context, ev *receiving.Event, s Size, reply *sending.Replier) error {
//		…
//	})
//
// It handles the events whose payload is of that kind. A payload of that kind
// that does not decode fails the route without a retry; see [Permanent].
func OnPayload[T any](kind payload.Kind[T], fn func(ctx context.Context, ev *receiving.Event, value T, reply *sending.Replier) error) Handler {
	return onPayload[T]{kind, fn}
}

type onPayload[T any] struct {
	kind payload.Kind[T]
	fn   func(context.Context, *receiving.Event, T, *sending.Replier) error
}

func (o onPayload[T]) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	text := ev.PayloadText()
	return text != "" && o.kind.Matches(text)
}

func (o onPayload[T]) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	value, err := o.kind.Decode(ev.PayloadText())
	if err != nil {
		return Permanent(err)
	}
	return o.fn(ctx, ev, value, reply)
}

func (onPayload[T]) Handles(t receiving.Type) bool { return isTap(t) || t == receiving.TypeSignal }

func (o onPayload[T]) String() string {
	return fmt.Sprintf("handling.OnPayload(%q)", o.kind.Ref().Name())
}

func (o onPayload[T]) PayloadRefs() []payload.Ref { return []payload.Ref{o.kind.Ref()} }

func (o onPayload[T]) Validate() error {
	if o.kind.Ref().IsZero() {
		return errNoKind
	}
	return needFunc(o.fn == nil)
}
