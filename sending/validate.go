package sending

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/djmessenger/messenger/receiving"
)

// The platform's limits, in characters unless they say otherwise.
const (
	MaxText          = 2000
	MaxTextInstagram = 1000 // bytes
	MaxQuickReplies  = 13
	MaxTitle         = 20
	MaxPayload       = 1000
	MaxButtonText    = 640
	MaxButtons       = 3
	MaxMetadata      = 900
	MaxKey           = 200 // bytes
	MaxDelay         = 30 * 24 * time.Hour
)

// FieldError says what is wrong with a field of a message. Several are joined
// with [errors.Join].
type FieldError struct {
	// Field is the path of the field: "quick_replies[3].title".
	Field string
	// Problem says what is wrong with it, with the limit that it breaks.
	Problem string
}

func (e *FieldError) Error() string { return "sending: " + e.Field + ": " + e.Problem }

// Validate checks the message against the platform's documented limits for the
// object; an empty object is Messenger. All mistakes are reported, each as a
// [FieldError]. Templates that this library does not know are not looked into.
func (m Message) Validate(object receiving.Object) error {
	var c check
	m.validateEnvelope(&c)
	if m.SenderAction != "" {
		m.validateAction(&c)
		return c.err()
	}
	if m.Reaction != nil {
		c.fail("reaction", "goes with the sender actions react and unreact only")
	}
	switch {
	case m.Text == "" && m.Attachment == nil:
		c.fail("text", "a message needs a text, an attachment or a sender action")
	case m.Text != "" && m.Attachment != nil:
		c.fail("text", "a message has a text or an attachment, not both")
	}
	if !utf8.ValidString(m.Text) {
		c.fail("text", "is not valid UTF-8")
	}
	if object == receiving.ObjectInstagram {
		if len(m.Text) > MaxTextInstagram {
			c.fail("text", fmt.Sprintf("%d bytes, Instagram's limit is %d", len(m.Text), MaxTextInstagram))
		}
	} else {
		c.length("text", m.Text, MaxText)
	}
	c.length("metadata", m.Metadata, MaxMetadata)
	validateQuickReplies(&c, m.QuickReplies)
	if m.Attachment != nil {
		m.Attachment.validate(&c)
	}
	return c.err()
}

func (m Message) validateEnvelope(c *check) {
	if r := m.Recipient; r != nil {
		set := 0
		for _, id := range []string{r.ID, r.UserRef, r.CommentID, r.PostID} {
			if id != "" {
				set++
			}
		}
		if set != 1 {
			c.fail("recipient", fmt.Sprintf("exactly one of its fields must be set, not %d", set))
		}
	}
	switch m.MessagingType {
	case "", MessagingResponse, MessagingUpdate, MessagingUtility:
		if m.Tag != "" && m.MessagingType != "" {
			c.fail("tag", "goes with the messaging type MESSAGE_TAG, not "+string(m.MessagingType))
		}
	case MessagingTag:
		if m.Tag == "" {
			c.fail("tag", "is missing, but the messaging type is MESSAGE_TAG")
		}
	default:
		c.fail("messaging_type", fmt.Sprintf("%q is none of RESPONSE, UPDATE, MESSAGE_TAG, UTILITY", m.MessagingType))
	}
	switch m.NotificationType {
	case "", NotifyRegular, NotifySilent, NotifyNone:
	default:
		c.fail("notification_type", fmt.Sprintf("%q is none of REGULAR, SILENT_PUSH, NO_PUSH", m.NotificationType))
	}
	if m.Delay < 0 || m.Delay > MaxDelay {
		c.fail("delay", fmt.Sprintf("%v is not between 0 and %v", m.Delay, MaxDelay))
	}
	if len(m.Key) > MaxKey {
		c.fail("key", fmt.Sprintf("%d bytes, limit %d", len(m.Key), MaxKey))
	}
}

func (m Message) validateAction(c *check) {
	if m.Text != "" || m.Attachment != nil || len(m.QuickReplies) > 0 || m.Metadata != "" {
		c.fail("sender_action", "goes alone, without text, attachment, quick replies or metadata")
	}
	switch m.SenderAction {
	case TypingOn, TypingOff, MarkSeen:
		if m.Reaction != nil {
			c.fail("reaction", "goes with the sender actions react and unreact only")
		}
	case React, Unreact:
		switch {
		case m.Reaction == nil || m.Reaction.MessageID == "":
			c.fail("reaction.message_id", "is missing")
		case m.SenderAction == React && m.Reaction.Reaction == "":
			c.fail("reaction.reaction", "is missing")
		}
	default:
		c.fail("sender_action", fmt.Sprintf("%q is none of typing_on, typing_off, mark_seen, react, unreact", m.SenderAction))
	}
}

func validateQuickReplies(c *check, replies []QuickReply) {
	if len(replies) > MaxQuickReplies {
		c.fail("quick_replies", fmt.Sprintf("%d of them, limit %d", len(replies), MaxQuickReplies))
	}
	for i, r := range replies {
		at := fmt.Sprintf("quick_replies[%d].", i)
		switch r.ContentType {
		case QuickReplyText:
			c.required(at+"title", r.Title, MaxTitle)
			c.required(at+"payload", r.Payload, MaxPayload)
			if r.ImageURL != "" {
				c.url(at+"image_url", r.ImageURL)
			}
		case QuickReplyPhone, QuickReplyEmail:
			if r.Title != "" || r.Payload != "" || r.ImageURL != "" {
				c.fail(at+"content_type", fmt.Sprintf("%s takes no title, payload or image", r.ContentType))
			}
		default:
			c.fail(at+"content_type", fmt.Sprintf("%q is none of text, user_phone_number, user_email", r.ContentType))
		}
	}
}

func (a *Attachment) validate(c *check) {
	const at = "attachment.payload"
	switch a.Type {
	case AttachmentImage, AttachmentAudio, AttachmentVideo, AttachmentFile:
		var p mediaPayload
		if err := json.Unmarshal(a.Payload, &p); err != nil {
			c.fail(at, "is not the JSON of a media attachment")
			return
		}
		switch {
		case (p.URL == "") == (p.AttachmentID == ""):
			c.fail(at, "exactly one of url and attachment_id must be set")
		case p.URL != "":
			c.url(at+".url", p.URL)
		}
	case AttachmentTemplate:
		var p buttonPayload
		if err := json.Unmarshal(a.Payload, &p); err != nil {
			var kind struct {
				TemplateType string `json:"template_type"`
			}
			if json.Unmarshal(a.Payload, &kind) != nil || kind.TemplateType == "" || kind.TemplateType == "button" {
				c.fail(at, "is not the JSON of a template")
			}
			return
		}
		switch p.TemplateType {
		case "button":
			c.required(at+".text", p.Text, MaxButtonText)
			validateButtons(c, at+".buttons", p.Buttons)
		case "":
			c.fail(at+".template_type", "is missing")
		}
	case "":
		c.fail("attachment.type", "is missing")
	default:
		// A kind that the platform has added since.
		if !json.Valid(a.Payload) {
			c.fail(at, "is not JSON")
		}
	}
}

func validateButtons(c *check, at string, buttons []Button) {
	if len(buttons) == 0 || len(buttons) > MaxButtons {
		c.fail(at, fmt.Sprintf("%d of them, must be 1 to %d", len(buttons), MaxButtons))
	}
	for i, b := range buttons {
		at := fmt.Sprintf("%s[%d].", at, i)
		switch b.Type {
		case ButtonURL:
			c.required(at+"title", b.Title, MaxTitle)
			c.url(at+"url", b.URL)
		case ButtonPostback, ButtonPhone:
			c.required(at+"title", b.Title, MaxTitle)
			c.required(at+"payload", b.Payload, MaxPayload)
		case ButtonAccountLink:
			c.url(at+"url", b.URL)
		case ButtonAccountUnlink:
		case "":
			c.fail(at+"type", "is missing")
		default:
			// A kind that the platform has added since.
			c.length(at+"title", b.Title, MaxTitle)
		}
	}
}

// check collects the mistakes of a message.
type check struct{ errs []error }

func (c *check) fail(field, problem string) {
	c.errs = append(c.errs, &FieldError{Field: field, Problem: problem})
}

func (c *check) length(field, text string, limit int) {
	if n := utf8.RuneCountInString(text); n > limit {
		c.fail(field, fmt.Sprintf("%d characters, limit %d", n, limit))
	}
}

func (c *check) required(field, text string, limit int) {
	if text == "" {
		c.fail(field, "is missing")
	}
	c.length(field, text, limit)
}

func (c *check) url(field, text string) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		c.fail(field, "is not an absolute http or https URL")
	}
}

func (c *check) err() error { return errors.Join(c.errs...) }
