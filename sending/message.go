package sending

import (
	"slices"
	"time"
)

// Message is one request to the Send API: a message, or a sender action. It is
// plain data and survives JSON. Its methods return changed copies.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api
type Message struct {
	// Recipient is who gets it; nil means the person whose event is answered.
	Recipient *Recipient `json:"recipient,omitempty"`
	// MessagingType defaults to RESPONSE, or to MESSAGE_TAG if Tag is set.
	MessagingType MessagingType `json:"messaging_type,omitempty"`
	// Tag makes the message legal outside the 24-hour window.
	Tag string `json:"tag,omitempty"`
	// NotificationType defaults to REGULAR.
	NotificationType NotificationType `json:"notification_type,omitempty"`
	// PersonaID is the persona that the message comes from.
	PersonaID string `json:"persona_id,omitempty"`
	// ReplyTo is the id of the message that this one answers.
	ReplyTo string `json:"reply_to,omitempty"`

	// SenderAction makes this a sender action. Then there is no content.
	SenderAction Action `json:"sender_action,omitempty"`
	// Reaction is what the actions react and unreact are about.
	Reaction *Reaction `json:"reaction,omitempty"`

	// Text is at most 2000 characters; on Instagram 1000 bytes.
	Text string `json:"text,omitempty"`
	// Attachment is media or a template.
	Attachment *Attachment `json:"attachment,omitempty"`
	// QuickReplies are shown below the message, at most 13.
	QuickReplies []QuickReply `json:"quick_replies,omitempty"`
	// Metadata comes back in the echo, at most 900 characters: the platform
	// takes 1000, and the bot adds its own key.
	Metadata string `json:"metadata,omitempty"`

	// Delay is how long to wait before it goes out, counted from the commit of
	// the turn. See [Message.After].
	Delay time.Duration `json:"delay,omitempty"`
	// Key names the message, so that it can be canceled and is sent once. See
	// [Message.WithKey].
	Key string `json:"key,omitempty"`
}

// Recipient names who gets a message. Exactly one field is set.
type Recipient struct {
	// ID is a PSID or IGSID.
	ID string `json:"id,omitempty"`
	// UserRef is a person who came through a checkbox plugin.
	UserRef string `json:"user_ref,omitempty"`
	// CommentID and PostID make a private reply.
	CommentID string `json:"comment_id,omitempty"`
	PostID    string `json:"post_id,omitempty"`
}

// MessagingType says why a message is sent.
type MessagingType string

// The messaging types.
const (
	MessagingResponse MessagingType = "RESPONSE"
	MessagingUpdate   MessagingType = "UPDATE"
	MessagingTag      MessagingType = "MESSAGE_TAG"
	MessagingUtility  MessagingType = "UTILITY"
)

// TagHumanAgent allows an answer that a human wrote for seven days. It is the
// one tag left to all; what else the platform may allow is written as a string.
const TagHumanAgent = "HUMAN_AGENT"

// NotificationType says how much noise a message makes.
type NotificationType string

// The notification types.
const (
	NotifyRegular NotificationType = "REGULAR"
	NotifySilent  NotificationType = "SILENT_PUSH"
	NotifyNone    NotificationType = "NO_PUSH"
)

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

// WithTag returns a copy that may go out outside the 24-hour window, for the
// reason that the tag names.
func (m Message) WithTag(tag string) Message {
	m.MessagingType, m.Tag = MessagingTag, tag
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

// After returns a copy that waits before it goes out. The wait is durable, and
// holds back nothing that is sent meanwhile. With a key it can be canceled.
func (m Message) After(delay time.Duration) Message {
	m.Delay = delay
	return m
}

// WithKey returns a copy with a key. Of all messages to a person, and of a page's
// SendOnce to them, with the same key one is sent; the others are dropped. While
// it waits, [Replier.Cancel] and the bot's Cancel take it back, and then the
// key is free again.
func (m Message) WithKey(key string) Message {
	m.Key = key
	return m
}

// Kind names what the message is, for records: "text", "image", "template",
// …, or the sender action.
func (m Message) Kind() string {
	switch {
	case m.SenderAction != "":
		return string(m.SenderAction)
	case m.Attachment != nil:
		return string(m.Attachment.Type)
	default:
		return "text"
	}
}

// WindowFree reports whether the message may go out when the 24-hour window is
// closed: it carries a tag, is a utility message, or goes to a recipient that
// no window applies to.
func (m Message) WindowFree() bool {
	return m.Tag != "" || m.MessagingType == MessagingTag || m.MessagingType == MessagingUtility ||
		m.Recipient != nil && m.Recipient.ID == ""
}
