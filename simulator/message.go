package simulator

import (
	"encoding/json"
	"time"
)

// Message is one message or postback of a conversation, in either direction.
type Message struct {
	ID   string    `json:"id"` // the mid
	PSID string    `json:"person_id"`
	From string    `json:"from"` // FromPage or FromPerson
	Kind string    `json:"kind"` // KindMessage or KindPostback
	Time time.Time `json:"time"`

	Text        string       `json:"text,omitempty"` // of a postback: its title
	Attachments []Attachment `json:"attachments,omitempty"`
	ReplyTo     string       `json:"reply_to,omitempty"` // the mid it answers
	Edits       int          `json:"edits,omitempty"`
	Story       string       `json:"story,omitempty"`  // on Instagram: the URL of the account's story that it answers
	Unsent      bool         `json:"unsent,omitempty"` // on Instagram: the person took it back

	// Payload is the developer's payload of a tapped quick reply or postback.
	Payload string `json:"payload,omitempty"`

	// The rest is the page's: what it sent along.
	QuickReplies  []QuickReply `json:"quick_replies,omitempty"`
	MessagingType string       `json:"messaging_type,omitempty"`
	Metadata      string       `json:"metadata,omitempty"`
	PersonaID     string       `json:"persona_id,omitempty"`
	Persona       *Persona     `json:"persona,omitempty"` // under which people see it; nil: the page
	Tag           string       `json:"tag,omitempty"`
	// AppID is the app that sent it: the bot's, an inbox ([InboxApp]), or another one.
	AppID string `json:"app_id,omitempty"`
	// ThreadControl is what the page asked for; nil if nothing. It takes effect on a page with a default app
	// ([Config.DefaultApp]); elsewhere the platform has no such parameter.
	ThreadControl *ThreadControl `json:"thread_control,omitempty"`

	// Reactions on this message, as emoji; empty when there is none.
	PageReaction   string `json:"page_reaction,omitempty"`
	PersonReaction string `json:"person_reaction,omitempty"`

	// Raw is what went over the wire: of a person the element of the callback, of
	// the page the body of the Graph call, without its token. 64 MiB are kept of all
	// messages together; the oldest lose theirs, and the Raw of their templates.
	Raw json.RawMessage `json:"raw,omitempty"`
	// Answer is what the Graph call was answered.
	Answer json.RawMessage `json:"answer,omitempty"`
}

// ThreadControl hands the conversation over once the message is sent. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
type ThreadControl struct {
	ControlType string `json:"control_type"`     // pass or release; release if the page did not say
	AppID       string `json:"app_id,omitempty"` // who gets it
}

// Persona is a name and a picture under which a message of the page appears.
type Persona struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	PictureURL string `json:"profile_picture_url"`
}

// Attachment is media, a sticker, a location or a template. Which fields are set
// depends on Type, the platform's own word.
type Attachment struct {
	Type         string    `json:"type"`
	URL          string    `json:"url,omitempty"`
	AttachmentID string    `json:"attachment_id,omitempty"`
	StickerID    string    `json:"sticker_id,omitempty"`
	MediaID      string    `json:"media_id,omitempty"` // of an Instagram post that the account shared
	Title        string    `json:"title,omitempty"`
	Latitude     float64   `json:"latitude,omitempty"`
	Longitude    float64   `json:"longitude,omitempty"`
	Template     *Template `json:"template,omitempty"`
}

// Template is the payload of a template attachment. The fields serve the
// templates with buttons; Raw has all of any template.
type Template struct {
	Type     string          `json:"template_type"`
	Text     string          `json:"text,omitempty"`
	Buttons  []Button        `json:"buttons,omitempty"`
	Elements []Element       `json:"elements,omitempty"`
	Raw      json.RawMessage `json:"raw,omitempty"`
}

// Element is a card of a generic or media template, an image grid, or a line of a
// receipt.
type Element struct {
	Title         string   `json:"title,omitempty"`
	Subtitle      string   `json:"subtitle,omitempty"`
	ImageURL      string   `json:"image_url,omitempty"`
	DefaultAction *Button  `json:"default_action,omitempty"`
	MediaType     string   `json:"media_type,omitempty"`
	URL           string   `json:"url,omitempty"`
	AttachmentID  string   `json:"attachment_id,omitempty"`
	Buttons       []Button `json:"buttons,omitempty"`
}

// Button is a button of a template or an item of the persistent menu.
type Button struct {
	Type    string `json:"type"`
	Title   string `json:"title,omitempty"`
	URL     string `json:"url,omitempty"`
	Payload string `json:"payload,omitempty"`
}

// QuickReply is a chip offered under a message.
type QuickReply struct {
	ContentType string `json:"content_type"` // text, user_phone_number, user_email
	Title       string `json:"title,omitempty"`
	Payload     string `json:"payload,omitempty"`
	ImageURL    string `json:"image_url,omitempty"`
}

// buttons returns every button a person could tap in the message.
func (m *Message) buttons() []Button {
	var all []Button
	for _, a := range m.Attachments {
		if a.Template == nil {
			continue
		}
		all = append(all, a.Template.Buttons...)
		for _, e := range a.Template.Elements {
			all = append(all, e.Buttons...)
		}
	}
	return all
}

// Sticker ids of the Like button; how long it was held decides which.
const (
	ThumbSmall  = "369239263222822"
	ThumbMedium = "369239343222814"
	ThumbLarge  = "369239383222810"
)
