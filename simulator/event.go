package simulator

import (
	"encoding/json"
	"time"
)

// callback is the body of a POST to the webhook, see
// https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
type callback struct {
	Object string  `json:"object"`
	Entry  []entry `json:"entry"`
}

type entry struct {
	ID        string            `json:"id"`
	Time      int64             `json:"time"`
	Messaging []json.RawMessage `json:"messaging,omitempty"`
	Standby   []json.RawMessage `json:"standby,omitempty"`
	Changes   []change          `json:"changes,omitempty"`
}

type change struct {
	Field string          `json:"field"`
	Value json.RawMessage `json:"value"`
}

// element is one event. Which key is present says what happened; the fields are
// in the order of Meta's examples.
type element struct {
	Sender         *party               `json:"sender,omitempty"`
	Recipient      *party               `json:"recipient,omitempty"`
	Timestamp      int64                `json:"timestamp,omitempty"` // milliseconds
	Message        *eventMessage        `json:"message,omitempty"`
	Postback       *eventPostback       `json:"postback,omitempty"`
	Reaction       *eventReaction       `json:"reaction,omitempty"`
	MessageEdit    *eventEdit           `json:"message_edit,omitempty"`
	Optin          *eventOptin          `json:"optin,omitempty"`
	Template       *eventTemplate       `json:"template,omitempty"`
	Feedback       *eventFeedback       `json:"messaging_feedback,omitempty"`
	Information    *eventInformation    `json:"messaging_customer_information,omitempty"`
	Referral       *eventReferral       `json:"referral,omitempty"`
	AccountLinking *eventAccountLinking `json:"account_linking,omitempty"`
	Delivery       *eventDelivery       `json:"delivery,omitempty"`
	Read           *eventRead           `json:"read,omitempty"`

	// Conversation Routing.
	PassThreadControl    *handover           `json:"pass_thread_control,omitempty"`
	TakeThreadControl    *handover           `json:"take_thread_control,omitempty"`
	RequestThreadControl *handover           `json:"request_thread_control,omitempty"`
	AppRoles             map[string][]string `json:"app_roles,omitempty"`
}

type party struct {
	ID      string `json:"id,omitempty"`
	UserRef string `json:"user_ref,omitempty"`
}

type eventMessage struct {
	IsEcho      bool              `json:"is_echo,omitempty"`
	AppID       json.Number       `json:"app_id,omitempty"`
	Metadata    string            `json:"metadata,omitempty"`
	MID         string            `json:"mid"`
	Text        string            `json:"text,omitempty"`
	QuickReply  *eventQuickReply  `json:"quick_reply,omitempty"`
	ReplyTo     *eventReplyTo     `json:"reply_to,omitempty"`
	Attachments []eventAttachment `json:"attachments,omitempty"`
	Commands    []eventCommand    `json:"commands,omitempty"`
	IsDeleted   bool              `json:"is_deleted,omitempty"` // Instagram
}

type eventQuickReply struct {
	Payload string `json:"payload"`
}

// eventReplyTo names a message, or on Instagram a story.
type eventReplyTo struct {
	MID         string      `json:"mid,omitempty"`
	IsSelfReply *bool       `json:"is_self_reply,omitempty"` // not on Instagram
	Story       *eventStory `json:"story,omitempty"`
}

type eventStory struct {
	URL string `json:"url"`
	ID  string `json:"id"`
}

// replyTo names the message that someone on that side answers.
func (p *page) replyTo(c *conversation, mid, side string) *eventReplyTo {
	if p.instagram {
		return &eventReplyTo{MID: mid}
	}
	target := c.find(mid)
	self := target != nil && target.From == side
	return &eventReplyTo{MID: mid, IsSelfReply: &self}
}

type eventCommand struct {
	Name string `json:"name"`
}

type eventAttachment struct {
	Title   string `json:"title,omitempty"`
	URL     string `json:"url,omitempty"`
	Type    string `json:"type"`
	Payload any    `json:"payload,omitempty"`
}

type mediaPayload struct {
	URL          string      `json:"url,omitempty"`
	AttachmentID json.Number `json:"attachment_id,omitempty"`
	StickerID    json.Number `json:"sticker_id,omitempty"`
	Title        string      `json:"title,omitempty"`
}

type locationPayload struct {
	Coordinates coordinates `json:"coordinates"`
}

type coordinates struct {
	Lat  float64 `json:"lat"`
	Long float64 `json:"long"`
}

type eventPostback struct {
	MID      string         `json:"mid"`
	Title    string         `json:"title"`
	Payload  string         `json:"payload,omitempty"` // missing on standby
	Referral *eventReferral `json:"referral,omitempty"`
}

type eventReaction struct {
	Reaction string `json:"reaction,omitempty"`
	Emoji    string `json:"emoji,omitempty"`
	Action   string `json:"action"`
	MID      string `json:"mid"`
}

type eventEdit struct {
	MID     string `json:"mid"`
	Text    string `json:"text"`
	NumEdit int    `json:"num_edit"`
}

type eventReferral struct {
	Ref        string      `json:"ref,omitempty"`
	Source     string      `json:"source"`
	Type       string      `json:"type"`
	AdID       string      `json:"ad_id,omitempty"`
	AdsContext *adsContext `json:"ads_context_data,omitempty"`
}

// adsContext says which ad it was.
type adsContext struct {
	Title  string `json:"ad_title"`
	PostID string `json:"post_id"`
}

type eventAccountLinking struct {
	Status            string `json:"status"`
	AuthorizationCode string `json:"authorization_code,omitempty"`
}

type eventDelivery struct {
	MIDs      []string `json:"mids,omitempty"`
	Watermark int64    `json:"watermark"`
}

// eventRead has a watermark, or on Instagram the message.
type eventRead struct {
	Watermark int64  `json:"watermark,omitempty"`
	MID       string `json:"mid,omitempty"`
}

// entryOf wraps what happened on a page into the body of a callback.
func (p *page) entryOf(at time.Time, fill func(*entry)) ([]byte, error) {
	e := entry{ID: p.id, Time: at.UnixMilli()}
	fill(&e)
	object := "page"
	if p.instagram {
		object = "instagram"
	}
	return encode(callback{Object: object, Entry: []entry{e}})
}

// messagingOf fills an entry with one event under messaging.
func messagingOf(event json.RawMessage) func(*entry) {
	return func(e *entry) { e.Messaging = []json.RawMessage{event} }
}

// standbyOf fills an entry with one event under standby.
func standbyOf(event json.RawMessage) func(*entry) {
	return func(e *entry) { e.Standby = []json.RawMessage{event} }
}
