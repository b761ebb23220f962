package handling

import (
	"context"

	"github.com/djmessenger/messenger/receiving"
)

// The bases in this file supply ShouldHandle for one kind of event and leave
// Handle out. They are embedded like [TextBase].

// MultimediaBase is the base of handlers for images, sounds, videos and files.
type MultimediaBase struct{}

// ShouldHandle reports whether the event is of one of the four types.
func (MultimediaBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	switch ev.Type {
	case receiving.TypeImage, receiving.TypeAudio, receiving.TypeVideo, receiving.TypeFile:
		return true
	}
	return false
}

// Attachments returns what the message carries, in order.
func (MultimediaBase) Attachments(ev *receiving.Event) []receiving.Attachment {
	if m, ok := ev.Payload.(*receiving.Message); ok {
		return m.Attachments
	}
	return nil
}

// AuthenticationBase is the base of handlers for opt-ins; the payload is a
// *receiving.Optin.
type AuthenticationBase struct{}

// ShouldHandle reports whether the event is an opt-in.
func (AuthenticationBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeAuthentication
}

// AccountLinkingBase is the base of handlers for people who link or unlink
// their account; the payload is a *receiving.AccountLinking.
type AccountLinkingBase struct{}

// ShouldHandle reports whether the event is a linking or unlinking.
func (AccountLinkingBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeAccountLinking
}

// DeliveryBase is the base of handlers for messages that were delivered; the
// payload is a *receiving.Delivery. They cannot answer.
type DeliveryBase struct{}

// ShouldHandle reports whether the event is a delivery.
func (DeliveryBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeDelivered
}

// ReadBase is the base of handlers for messages that were read; the payload is
// a *receiving.Read. They cannot answer.
type ReadBase struct{}

// ShouldHandle reports whether the event is a read.
func (ReadBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeRead
}

// EchoBase is the base of handlers for messages that the page sent; the
// payload is a *receiving.Message. They cannot answer the bot's own.
type EchoBase struct{}

// ShouldHandle reports whether the event is an echo.
func (EchoBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeEcho
}
