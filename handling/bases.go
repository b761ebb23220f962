package handling

import (
	"context"

	"github.com/djmessenger/messenger/receiving"
)

// The bases in this file supply ShouldHandle for one kind of event, the types under
// which a policy may route to them, and the decoded payload. They leave Handle out
// and are embedded like [TextBase]. A payload that they return is never nil; it is
// empty if the event is of another kind.

// MultimediaBase is the base of handlers for images, sounds, videos and files.
type MultimediaBase struct{}

// ShouldHandle reports whether the event is of one of the four types.
func (MultimediaBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return isMultimedia(ev.Type)
}

// Handles reports the four types, and TypeDefault.
func (MultimediaBase) Handles(t receiving.Type) bool { return under(t) || isMultimedia(t) }

// Attachments returns what the message carries, in order.
func (MultimediaBase) Attachments(ev *receiving.Event) []receiving.Attachment {
	return payloadOf[receiving.Message](ev).Attachments
}

func isMultimedia(t receiving.Type) bool {
	switch t {
	case receiving.TypeImage, receiving.TypeAudio, receiving.TypeVideo, receiving.TypeFile:
		return true
	}
	return false
}

// AccountLinkingBase is the base of handlers for people who link or unlink
// their account.
type AccountLinkingBase struct{}

// ShouldHandle reports whether the event is a linking or unlinking.
func (AccountLinkingBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeAccountLinking
}

// Handles reports TypeAccountLinking and TypeDefault.
func (AccountLinkingBase) Handles(t receiving.Type) bool {
	return under(t, receiving.TypeAccountLinking)
}

// AccountLinking returns what happened.
func (AccountLinkingBase) AccountLinking(ev *receiving.Event) *receiving.AccountLinking {
	return payloadOf[receiving.AccountLinking](ev)
}

// DeliveryBase is the base of handlers for messages that were delivered. They
// cannot answer.
type DeliveryBase struct{}

// ShouldHandle reports whether the event is a delivery.
func (DeliveryBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeDelivered
}

// Handles reports TypeDelivered and TypeDefault.
func (DeliveryBase) Handles(t receiving.Type) bool { return under(t, receiving.TypeDelivered) }

// Delivery returns which messages were delivered.
func (DeliveryBase) Delivery(ev *receiving.Event) *receiving.Delivery {
	return payloadOf[receiving.Delivery](ev)
}

// ReadBase is the base of handlers for messages that were read. They cannot
// answer.
type ReadBase struct{}

// ShouldHandle reports whether the event is a read.
func (ReadBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeRead
}

// Handles reports TypeRead and TypeDefault.
func (ReadBase) Handles(t receiving.Type) bool { return under(t, receiving.TypeRead) }

// Read returns which messages were read.
func (ReadBase) Read(ev *receiving.Event) *receiving.Read { return payloadOf[receiving.Read](ev) }

// EchoBase is the base of handlers for messages that the page sent: by this bot,
// another app, or a human in the page's inbox. They cannot answer the bot's own.
type EchoBase struct{}

// ShouldHandle reports whether the event is an echo.
func (EchoBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeEcho
}

// Handles reports TypeEcho and TypeDefault.
func (EchoBase) Handles(t receiving.Type) bool { return under(t, receiving.TypeEcho) }

// Echo returns the message.
func (EchoBase) Echo(ev *receiving.Event) *receiving.Message { return payloadOf[receiving.Message](ev) }

// ReactionBase is the base of handlers for reactions to messages, and for their
// removal: see receiving.Reaction.Removed.
type ReactionBase struct{}

// ShouldHandle reports whether the event is a reaction or its removal.
func (ReactionBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeReaction
}

// Handles reports TypeReaction and TypeDefault.
func (ReactionBase) Handles(t receiving.Type) bool { return under(t, receiving.TypeReaction) }

// Reaction returns the reaction.
func (ReactionBase) Reaction(ev *receiving.Event) *receiving.Reaction {
	return payloadOf[receiving.Reaction](ev)
}

// FeedbackBase is the base of handlers for what people say of the page's service:
// their answers to a customer feedback template, and their thumbs up or down on a
// message. Routed under one of the two types it gets that one only.
type FeedbackBase struct{}

// ShouldHandle reports whether the event is feedback of one of the two kinds.
func (FeedbackBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeFeedback || ev.Type == receiving.TypeResponseFeedback
}

// Handles reports TypeFeedback, TypeResponseFeedback and TypeDefault.
func (FeedbackBase) Handles(t receiving.Type) bool {
	return under(t, receiving.TypeFeedback, receiving.TypeResponseFeedback)
}

// Feedback returns the answers to a customer feedback template.
func (FeedbackBase) Feedback(ev *receiving.Event) *receiving.Feedback {
	return payloadOf[receiving.Feedback](ev)
}

// ResponseFeedback returns the thumb on a message.
func (FeedbackBase) ResponseFeedback(ev *receiving.Event) *receiving.ResponseFeedback {
	return payloadOf[receiving.ResponseFeedback](ev)
}
