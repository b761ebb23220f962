package handling

import (
	"context"
	"reflect"

	"github.com/djmessenger/messenger/receiving"
)

// EventBase is the base of handlers for events that carry one Go type of payload,
// for all the kinds of event that have no base of their own:
//
//	type Checkout struct {
//		handling.EventBase[*receiving.Order]
//		Shop *shop.Service
//	}
//
//	func (h Checkout) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
//		return h.Shop.Order(ctx, ev.Key, h.Payload(ev).Products)
//	}
//
// [On] is the same as a function.
type EventBase[P receiving.Payload] struct{}

// ShouldHandle reports whether the event carries such a payload.
func (EventBase[P]) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	_, ok := ev.Payload.(P)
	return ok
}

// Handles reports the types whose events carry such a payload, and TypeDefault.
func (EventBase[P]) Handles(t receiving.Type) bool {
	var p P
	return carries(t, p)
}

// Payload returns the payload. It is never nil; it is empty if the event carries
// another.
func (EventBase[P]) Payload(ev *receiving.Event) P {
	if p, ok := ev.Payload.(P); ok {
		return p
	}
	var p P
	if t := reflect.TypeFor[P](); t.Kind() == reflect.Pointer {
		p, _ = reflect.TypeAssert[P](reflect.New(t.Elem()))
	}
	return p
}
