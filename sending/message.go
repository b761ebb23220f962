package sending

import (
	"slices"
	"time"
)

// Message is one request to the Send API: a message, or a sender action. A
// message has one content: Text, Attachment, Attachments, StickerID or Utility.
// It is plain data and survives JSON. Its methods return changed copies.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api
type Message struct {
	// Recipient is who gets it. Default: the person whose event is answered; of a
	// comment or post, which has no person, whoever wrote it (a private reply).
	Recipient *Recipient `json:"recipient,omitempty"`
	// Public makes this a comment that everyone can read, in place of a message.
	// [Message.Publicly] sets it.
	Public *PublicReply `json:"public,omitempty"`
	// MessagingType defaults to RESPONSE, to MESSAGE_TAG if Tag is set, or to
	// UTILITY if Utility is set.
	MessagingType MessagingType `json:"messaging_type,omitempty"`
	// Tag makes the message legal outside the 24-hour window.
	Tag string `json:"tag,omitempty"`
	// NotificationType defaults to REGULAR.
	NotificationType NotificationType `json:"notification_type,omitempty"`
	// PersonaID is the persona that the message comes from.
	PersonaID string `json:"persona_id,omitempty"`
	// ReplyTo is the id of the message that this one answers.
	ReplyTo string `json:"reply_to,omitempty"`
	// ThreadControl hands the conversation over once the message is sent.
	ThreadControl *ThreadControl `json:"thread_control,omitempty"`

	// SenderAction makes this a sender action. Then there is no content.
	SenderAction Action `json:"sender_action,omitempty"`
	// Reaction is what the actions react and unreact are about.
	Reaction *Reaction `json:"reaction,omitempty"`

	// Text is at most 2000 characters; on Instagram 1000 bytes.
	Text string `json:"text,omitempty"`
	// Attachment is media or a template.
	Attachment *Attachment `json:"attachment,omitempty"`
	// Attachments are several images in one message, at most 30; on Instagram
	// 10. [Images] makes them.
	Attachments []Attachment `json:"attachments,omitempty"`
	// StickerID is a sticker, by its number. [Sticker] makes it.
	StickerID string `json:"sticker_id,omitempty"`
	// Utility is an approved template, which may go out at any time.
	Utility *UtilityTemplate `json:"utility,omitempty"`
	// QuickReplies are shown below a text or an attachment, at most 13.
	QuickReplies []QuickReply `json:"quick_replies,omitempty"`
	// Metadata comes back in the echo, at most 900 characters: the platform
	// takes 1000, and the bot adds its own key.
	Metadata string `json:"metadata,omitempty"`

	// Delay is the time between the commit of the turn and the send. See [Message.After].
	Delay time.Duration `json:"delay,omitempty"`
	// Key names the message, so that it can be canceled and is sent once. See
	// [Message.WithKey].
	Key string `json:"key,omitempty"`
}

// Text makes a text message.
func Text(text string) Message { return Message{Text: text} }

// To returns a copy for another recipient.
func (m Message) To(recipient Recipient) Message {
	m.Recipient = &recipient
	return m
}

// WithQuickReplies returns a copy with more quick replies.
func (m Message) WithQuickReplies(replies ...QuickReply) Message {
	m.QuickReplies = slices.Concat(m.QuickReplies, replies)
	return m
}

// WithMetadata returns a copy whose echo will carry that text.
func (m Message) WithMetadata(metadata string) Message {
	m.Metadata = metadata
	return m
}

// InReplyTo returns a copy that answers the message with that id.
func (m Message) InReplyTo(mid string) Message {
	m.ReplyTo = mid
	return m
}

// After returns a copy that waits before it goes out. The wait is durable and
// does not delay other messages. With a key it can be canceled.
//
// The 24-hour window is checked when the message is sent, not when it is
// queued. A message whose delay outlasts the window is refused, unless it is
// [Message.WindowFree] or the person has written again.
func (m Message) After(delay time.Duration) Message {
	m.Delay = delay
	return m
}

// WithKey returns a copy with a key. Only one of all messages to a person with
// the same key is sent, those of the bot's SendOnce included; the others are
// dropped. While it waits, [Replier.Cancel] and the bot's Cancel cancel it and
// free the key.
func (m Message) WithKey(key string) Message {
	m.Key = key
	return m
}

// AsPersona returns a copy that comes from a persona, by the id that the platform
// gave it.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/personas
func (m Message) AsPersona(personaID string) Message {
	m.PersonaID = personaID
	return m
}

// Kind names what the message is, for records: "text", "image", "template",
// "images", "sticker", "utility", …, "comment" for a public reply, or the sender
// action.
func (m Message) Kind() string {
	switch {
	case m.Public != nil:
		return "comment"
	case m.SenderAction != "":
		return string(m.SenderAction)
	case m.Attachment != nil:
		return string(m.Attachment.Type)
	case len(m.Attachments) > 0:
		return "images"
	case m.StickerID != "":
		return "sticker"
	case m.Utility != nil:
		return "utility"
	default:
		return "text"
	}
}
