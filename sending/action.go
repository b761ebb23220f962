package sending

// Action is a sender action: a signal that the page sends instead of a message.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/sender-actions
type Action string

// The sender actions.
const (
	// TypingOn shows the typing mark, for at most 20 seconds.
	TypingOn Action = "typing_on"
	// TypingOff hides it.
	TypingOff Action = "typing_off"
	// MarkSeen shows the person's messages as read.
	MarkSeen Action = "mark_seen"
	// React puts a reaction on a message of the person.
	React Action = "react"
	// Unreact takes it away.
	Unreact Action = "unreact"
)

// Reaction is what the actions [React] and [Unreact] are about.
type Reaction struct {
	// MID is the id of the message.
	MID string `json:"message_id"`
	// Reaction is an emoji; empty for Unreact.
	Reaction string `json:"reaction,omitempty"`
}

// Message makes a message that is the sender action.
func (a Action) Message() Message { return Message{SenderAction: a} }

// ReactTo makes a message that puts an emoji on a message of the person.
func ReactTo(mid, emoji string) Message {
	return Message{SenderAction: React, Reaction: &Reaction{MID: mid, Reaction: emoji}}
}

// UnreactTo makes a message that takes the page's reaction away.
func UnreactTo(mid string) Message {
	return Message{SenderAction: Unreact, Reaction: &Reaction{MID: mid}}
}
