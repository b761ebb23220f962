package receiving

import (
	"encoding/json"
	"time"
)

// Payload is what happened, in the platform's own terms. The set is closed:
// the pointer types that implement it are all there are, and [*Unknown] stands
// for the rest.
type Payload interface{ isPayload() }

// Message is a message, to the page or, if IsEcho, from it.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messages
type Message struct {
	MID         string       `json:"mid,omitempty"`
	Text        string       `json:"text,omitempty"`
	QuickReply  *QuickReply  `json:"quick_reply,omitempty"`
	ReplyTo     *ReplyTo     `json:"reply_to,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	// StickerID is set on old events only; since 2026-08-31 a sticker is an
	// attachment. [Message.Sticker] reads both.
	StickerID string          `json:"sticker_id,omitempty"`
	Referral  *Referral       `json:"referral,omitempty"`
	Commands  []Command       `json:"commands,omitempty"`
	NLP       json.RawMessage `json:"nlp,omitempty"`
	NLPV2     json.RawMessage `json:"nlpv2,omitempty"`
	// HopContext is set on the message that sums up a lead ad's form. The
	// platform writes it beside the message.
	HopContext *HopContext `json:"hop_context,omitempty"`

	// IsEcho reports a message that the page sent.
	IsEcho bool `json:"is_echo,omitempty"`
	// AppID is the app that sent an echo; the page's inbox is an app too.
	AppID string `json:"app_id,omitempty"`
	// Metadata is what the sender of an echo attached, unchanged.
	Metadata string `json:"metadata,omitempty"`
	// IsDeleted reports a message that the person has unsent.
	IsDeleted bool `json:"is_deleted,omitempty"`
	// IsUnsupported reports a message that the platform does not pass on.
	IsUnsupported bool `json:"is_unsupported,omitempty"`
	// IsSelf reports a message of an Instagram account to itself, which tries
	// the bot as a person: [Event.PSID] is the account's id as a person.
	IsSelf bool `json:"is_self,omitempty"`
	// PriorMessage is set on the first message of a person who came through a
	// checkbox plugin. The platform writes it beside the message.
	PriorMessage *PriorMessage `json:"prior_message,omitempty"`

	// SendKey is the idempotency key of the send that an echo confirms, if
	// this library sent it.
	SendKey string `json:"-"`
}

// QuickReply is the tap on a quick reply.
type QuickReply struct {
	// Payload is the developer's; for the phone number and e-mail kinds, what
	// the person shared.
	Payload string `json:"payload"`
}

// ReplyTo is what a message answers.
type ReplyTo struct {
	MID         string `json:"mid,omitempty"`
	IsSelfReply bool   `json:"is_self_reply,omitempty"`
	// Story is set when the message answers an Instagram story.
	Story *Story `json:"story,omitempty"`
}

// Story is an Instagram story.
type Story struct {
	URL string `json:"url,omitempty"`
	ID  string `json:"id,omitempty"`
}

// HopContext says which app the conversation comes from.
type HopContext struct {
	AppID    string `json:"app_id,omitempty"`
	Metadata string `json:"metadata,omitempty"`
}

// PriorMessage ties a person to the user_ref by which the page has written to
// them before: [Event.PSID] is the PSID of that person.
type PriorMessage struct {
	// Source is "checkbox_plugin" or another of the platform's words.
	Source string `json:"source,omitempty"`
	// Identifier is the user_ref.
	Identifier string `json:"identifier,omitempty"`
}

// Command is one that the page offers and the person typed.
type Command struct {
	Name string `json:"name"`
}

// AccountLinking is a person who linked or unlinked their account.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_account_linking
type AccountLinking struct {
	// Status is "linked" or "unlinked".
	Status string `json:"status,omitempty"`
	// AuthorizationCode is what the program's own login passed to the
	// platform; only with "linked".
	AuthorizationCode string `json:"authorization_code,omitempty"`
}

// Delivery says which messages were delivered.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-deliveries
type Delivery struct {
	// MIDs may be missing.
	MIDs []string `json:"mids,omitempty"`
	// Watermark is a time: everything sent before it was delivered.
	Watermark time.Time `json:"watermark,omitzero"`
}

// Read says what the person has read.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-reads
type Read struct {
	// Watermark is a time: everything sent before it was read. On Messenger
	// only.
	Watermark time.Time `json:"watermark,omitzero"`
	// MID is the message that was read. On Instagram only.
	MID string `json:"mid,omitempty"`
	// IsSelf is as in [Message].
	IsSelf bool `json:"is_self,omitempty"`
}

// Reaction is a reaction to a message, or its removal.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-reactions
type Reaction struct {
	// Reaction is the platform's word: "like", "love", …, "other". It may be
	// missing on removal, as may Emoji.
	Reaction string `json:"reaction,omitempty"`
	Emoji    string `json:"emoji,omitempty"`
	// Action is "react" or "unreact".
	Action string `json:"action,omitempty"`
	// MID is the message that it is about.
	MID string `json:"mid,omitempty"`
	// IsSelf is as in [Message].
	IsSelf bool `json:"is_self,omitempty"`
}

// Removed reports whether the person took the reaction back.
func (r *Reaction) Removed() bool { return r.Action == "unreact" }

// MessageEdit is a message that the person has changed. Instagram sends one
// with a num_edit of 0 for new messages too; that is an [*Unknown].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-edits
type MessageEdit struct {
	MID  string `json:"mid,omitempty"`
	Text string `json:"text,omitempty"`
	// NumEdit counts the changes, from 1; a person may make five.
	NumEdit int `json:"num_edit,omitempty"`
	// IsSelf is as in [Message].
	IsSelf bool `json:"is_self,omitempty"`
}

// The actions of a [ThreadControl].
const (
	// ThreadPassed says that an app gave the conversation to another.
	ThreadPassed = "pass_thread_control"
	// ThreadTaken says that an app took the conversation from another.
	ThreadTaken = "take_thread_control"
	// ThreadRequested says that an app asks for the conversation.
	ThreadRequested = "request_thread_control"
	// ThreadRoles says that the roles of the page's apps have changed. It has no
	// person.
	ThreadRoles = "app_roles"
)

// ThreadControl is a change of the app that controls the conversation.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_handovers
type ThreadControl struct {
	// Action is [ThreadPassed], [ThreadTaken], [ThreadRequested] or [ThreadRoles].
	Action string `json:"-"`
	// PreviousOwnerAppID is empty when no app was in control.
	PreviousOwnerAppID  string `json:"previous_owner_app_id,omitempty"`
	NewOwnerAppID       string `json:"new_owner_app_id,omitempty"`
	RequestedOwnerAppID string `json:"requested_owner_app_id,omitempty"`
	Metadata            string `json:"metadata,omitempty"`
	// AppRoles are the roles of apps by their ids, of "app_roles" only: the
	// page's, and no person's. Pages whose conversations are routed have none.
	AppRoles map[string][]string `json:"app_roles,omitempty"`
}

// PolicyEnforcement is the platform's warning to, or blocking of, the page.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_policy_enforcement
type PolicyEnforcement struct {
	// Action is "warning", "block" or "unblock".
	Action string `json:"action,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Unknown is an event of a kind that this library does not know; [Event.Raw] has its bytes.
type Unknown struct {
	// Field is the webhook field, or the key that names the kind of event. It
	// is empty if there is neither.
	Field string `json:"-"`
}

func (*Message) isPayload()               {}
func (*Postback) isPayload()              {}
func (*Referral) isPayload()              {}
func (*OptIn) isPayload()                 {}
func (*AccountLinking) isPayload()        {}
func (*Delivery) isPayload()              {}
func (*Read) isPayload()                  {}
func (*Reaction) isPayload()              {}
func (*MessageEdit) isPayload()           {}
func (*ThreadControl) isPayload()         {}
func (*PolicyEnforcement) isPayload()     {}
func (*Unknown) isPayload()               {}
func (*CouponReveal) isPayload()          {}
func (*CustomerInformation) isPayload()   {}
func (*Feedback) isPayload()              {}
func (*ResponseFeedback) isPayload()      {}
func (*Order) isPayload()                 {}
func (*LeadForm) isPayload()              {}
func (*GamePlay) isPayload()              {}
func (*CallPermissionReply) isPayload()   {}
func (*FeedChange) isPayload()            {}
func (*GroupFeed) isPayload()             {}
func (*InstagramComment) isPayload()      {}
func (*InstagramMention) isPayload()      {}
func (*Mention) isPayload()               {}
func (*InboxLabel) isPayload()            {}
func (*Call) isPayload()                  {}
func (*MarketingMessage) isPayload()      {}
func (*MessageTemplateStatus) isPayload() {}
func (*BusinessIntegrity) isPayload()     {}
func (*Signal) isPayload()                {}
