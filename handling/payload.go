package handling

import (
	"context"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
)

// QuickReplyBase is the base of handlers for taps on quick replies with a
// typed payload. It supplies ShouldHandle and leaves Handle out:
//
//	var size = payload.New[Size]("order.size")
//
//	type ChooseSize struct{ handling.QuickReplyBase[Size] }
//
//	func (h ChooseSize) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
//		chosen, err := h.Value(ev)
//		…
//	}
//
//	{Handler: ChooseSize{handling.QuickReplyBase[Size]{Kind: size}}}
type QuickReplyBase[T any] struct {
	// Kind is the kind of payload to handle.
	Kind payload.Kind[T]
}

// ShouldHandle reports whether the event is a tap on a quick reply whose
// payload is of the kind.
func (b QuickReplyBase[T]) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeQuickReply && b.Kind.Matches(ev.PayloadText())
}

// Value decodes the payload. Its errors are permanent.
func (b QuickReplyBase[T]) Value(ev *receiving.Event) (T, error) { return decode(b.Kind, ev) }

// PayloadRefs names the kind.
func (b QuickReplyBase[T]) PayloadRefs() []payload.Ref { return []payload.Ref{b.Kind.Ref()} }

// Validate reports a missing kind.
func (b QuickReplyBase[T]) Validate() error { return needKind(b.Kind) }

// PostbackBase is the base of handlers for taps on buttons with a typed
// payload, those of the persistent menu and of Get Started included. It is
// used like [QuickReplyBase].
type PostbackBase[T any] struct {
	// Kind is the kind of payload to handle.
	Kind payload.Kind[T]
}

// ShouldHandle reports whether the event is a tap on a button whose payload is
// of the kind.
func (b PostbackBase[T]) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	_, ok := ev.Payload.(*receiving.Postback)
	return ok && b.Kind.Matches(ev.PayloadText())
}

// Value decodes the payload. Its errors are permanent.
func (b PostbackBase[T]) Value(ev *receiving.Event) (T, error) { return decode(b.Kind, ev) }

// PayloadRefs names the kind.
func (b PostbackBase[T]) PayloadRefs() []payload.Ref { return []payload.Ref{b.Kind.Ref()} }

// Validate reports a missing kind.
func (b PostbackBase[T]) Validate() error { return needKind(b.Kind) }

func decode[T any](kind payload.Kind[T], ev *receiving.Event) (T, error) {
	value, err := kind.Decode(ev.PayloadText())
	return value, Permanent(err)
}

func needKind[T any](kind payload.Kind[T]) error {
	if kind.Ref().IsZero() {
		return errNoKind
	}
	return nil
}
