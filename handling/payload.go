package handling

import (
	"context"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
)

// TapBase is the base of handlers for taps with a typed payload, wherever the person
// tapped: on a quick reply, a button, an ice breaker, an item of the persistent menu
// or Get Started. It supplies ShouldHandle and leaves Handle out:
//
//	var size = payload.New[Size]("order.size")
//
//	type ChooseSize struct{ handling.TapBase[Size] }
//
//	func (h ChooseSize) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
//		chosen, err := h.Value(ev)
//		…
//	}
//
//	{Handler: ChooseSize{handling.TapBase[Size]{Kind: size}}}
//
// [OnPayload] is the same as a function.
type TapBase[T any] struct {
	// Kind is the kind of payload to handle.
	Kind payload.Kind[T]
}

// ShouldHandle reports whether the event is a tap whose payload is of the kind.
func (b TapBase[T]) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type != receiving.TypeSignal && b.Kind.Matches(ev.PayloadText())
}

// Handles reports the types of taps, TypeTap and TypeDefault.
func (TapBase[T]) Handles(t receiving.Type) bool { return isTap(t) }

// Value decodes the payload. Its errors are permanent.
func (b TapBase[T]) Value(ev *receiving.Event) (T, error) { return decode(b.Kind, ev) }

// PayloadRefs names the kind.
func (b TapBase[T]) PayloadRefs() []payload.Ref { return []payload.Ref{b.Kind.Ref()} }

// Validate reports a missing kind.
func (b TapBase[T]) Validate() error { return needKind(b.Kind) }

// QuickReplyBase is [TapBase] for taps on quick replies only.
type QuickReplyBase[T any] struct {
	// Kind is the kind of payload to handle.
	Kind payload.Kind[T]
}

// ShouldHandle reports whether the event is a tap on a quick reply whose
// payload is of the kind.
func (b QuickReplyBase[T]) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeQuickReply && b.Kind.Matches(ev.PayloadText())
}

// Handles reports TypeQuickReply and TypeDefault.
func (QuickReplyBase[T]) Handles(t receiving.Type) bool { return under(t, receiving.TypeQuickReply) }

// Value decodes the payload. Its errors are permanent.
func (b QuickReplyBase[T]) Value(ev *receiving.Event) (T, error) { return decode(b.Kind, ev) }

// PayloadRefs names the kind.
func (b QuickReplyBase[T]) PayloadRefs() []payload.Ref { return []payload.Ref{b.Kind.Ref()} }

// Validate reports a missing kind.
func (b QuickReplyBase[T]) Validate() error { return needKind(b.Kind) }

// PostbackBase is [TapBase] for taps on buttons only, those of the persistent menu and
// of Get Started included.
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

// Handles reports the types of taps on buttons, and TypeDefault.
func (PostbackBase[T]) Handles(t receiving.Type) bool {
	return carries(t, (*receiving.Postback)(nil))
}

// Value decodes the payload. Its errors are permanent.
func (b PostbackBase[T]) Value(ev *receiving.Event) (T, error) { return decode(b.Kind, ev) }

// PayloadRefs names the kind.
func (b PostbackBase[T]) PayloadRefs() []payload.Ref { return []payload.Ref{b.Kind.Ref()} }

// Validate reports a missing kind.
func (b PostbackBase[T]) Validate() error { return needKind(b.Kind) }

// SignalBase is [TapBase] for signals, under [receiving.TypeSignal].
type SignalBase[T any] struct {
	// Kind is the kind of payload to handle.
	Kind payload.Kind[T]
}

// ShouldHandle reports whether the event is a signal whose payload is of the kind.
func (b SignalBase[T]) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeSignal && b.Kind.Matches(ev.PayloadText())
}

// Handles reports TypeSignal and TypeDefault.
func (SignalBase[T]) Handles(t receiving.Type) bool { return under(t, receiving.TypeSignal) }

// Value decodes the payload. Its errors are permanent.
func (b SignalBase[T]) Value(ev *receiving.Event) (T, error) { return decode(b.Kind, ev) }

// PayloadRefs names the kind.
func (b SignalBase[T]) PayloadRefs() []payload.Ref { return []payload.Ref{b.Kind.Ref()} }

// Validate reports a missing kind.
func (b SignalBase[T]) Validate() error { return needKind(b.Kind) }

// isTap reports whether a route under the policy's entry t can get a tap.
func isTap(t receiving.Type) bool {
	return under(t, receiving.TypeQuickReply) || carries(t, (*receiving.Postback)(nil))
}

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
