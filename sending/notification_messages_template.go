package sending

import (
	"context"
	"slices"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// NotificationMessagesTemplate asks a person to opt in to marketing messages.
// The answer is an opt-in event with a token. Messages sent with the token are
// paid for and go to another endpoint than those of this package.
//
// As a sender it translates the titles. A custom sender embeds it and adds to
// it; see [QuickReplies].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/marketing-messages
type NotificationMessagesTemplate struct {
	// Title is at most 65 characters. Default: the platform's.
	Title string `json:"title,omitempty"`
	// ImageURL is the image at the top. Default: none.
	ImageURL string `json:"image_url,omitempty"`
	// Payload comes back with the answer.
	Payload string `json:"payload,omitempty"`
	// Timezone is the time zone's name: "America/New_York".
	Timezone string `json:"notification_messages_timezone,omitempty"`
	// CTAText is what the button says, such as CTAGetUpdates.
	CTAText string `json:"notification_messages_cta_text,omitempty"`
	// Elements are several requests side by side, instead of the one above.
	Elements []NotificationElement `json:"elements,omitempty"`
	// Reoptin is ReoptinEnabled to ask again when the token runs out, or
	// ReoptinDisabled. Default: the platform's.
	Reoptin string `json:"notification_messages_reoptin,omitempty"`
}

// NotificationElement is one of several requests of a
// [NotificationMessagesTemplate]; the fields mean the same.
type NotificationElement struct {
	Title    string `json:"title,omitempty"`
	ImageURL string `json:"image_url,omitempty"`
	Payload  string `json:"payload,omitempty"`
	Timezone string `json:"notification_messages_timezone,omitempty"`
	CTAText  string `json:"notification_messages_cta_text,omitempty"`
}

// What the button of a [NotificationMessagesTemplate] can say.
const (
	CTAAllow      = "ALLOW"
	CTAFrequency  = "FREQUENCY"
	CTAGet        = "GET"
	CTAGetUpdates = "GET_UPDATES"
	CTAOptIn      = "OPT_IN"
	CTASignUp     = "SIGN_UP"
)

// Whether a [NotificationMessagesTemplate] asks again.
const (
	ReoptinEnabled  = "ENABLED"
	ReoptinDisabled = "DISABLED"
)

// WithTitle returns a copy with another title.
func (t NotificationMessagesTemplate) WithTitle(title string) NotificationMessagesTemplate {
	t.Title = title
	return t
}

// WithImage returns a copy with the image at a URL.
func (t NotificationMessagesTemplate) WithImage(url string) NotificationMessagesTemplate {
	t.ImageURL = url
	return t
}

// WithPayload returns a copy with the payload that comes back with the answer.
func (t NotificationMessagesTemplate) WithPayload(payload string) NotificationMessagesTemplate {
	t.Payload = payload
	return t
}

// WithTimezone returns a copy for a time zone, such as "America/New_York".
func (t NotificationMessagesTemplate) WithTimezone(name string) NotificationMessagesTemplate {
	t.Timezone = name
	return t
}

// WithCTAText returns a copy whose button says something else.
func (t NotificationMessagesTemplate) WithCTAText(text string) NotificationMessagesTemplate {
	t.CTAText = text
	return t
}

// WithElements returns a copy with more requests side by side.
func (t NotificationMessagesTemplate) WithElements(elements ...NotificationElement) NotificationMessagesTemplate {
	t.Elements = slices.Concat(t.Elements, elements)
	return t
}

// WithReoptin returns a copy that asks again, or does not.
func (t NotificationMessagesTemplate) WithReoptin(reoptin string) NotificationMessagesTemplate {
	t.Reoptin = reoptin
	return t
}

// Message makes the message as it is, without translation.
func (t NotificationMessagesTemplate) Message() Message { return t.message() }

// Compose makes the message.
func (t NotificationMessagesTemplate) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	return e.composed(t.expand(&e).message())
}

// TextRefs returns the texts that it translates.
func (t NotificationMessagesTemplate) TextRefs() []i18n.TextRef {
	return textRefs(func(e *expander) { t.expand(e) })
}

// maxNotificationTitle is the limit of the title of a request for notifications.
const maxNotificationTitle = 65

func (t NotificationMessagesTemplate) expand(e *expander) NotificationMessagesTemplate {
	e.text("title", &t.Title, maxNotificationTitle)
	e.url("image_url", &t.ImageURL)
	t.Elements = slices.Clone(t.Elements)
	for i := range t.Elements {
		at := entry("elements", i)
		e.text(at+".title", &t.Elements[i].Title, maxNotificationTitle)
		e.url(at+".image_url", &t.Elements[i].ImageURL)
	}
	return t
}

// Validate reports what exceeds a limit before translation. Missing parts are
// allowed: an embedding sender may add them.
func (t NotificationMessagesTemplate) Validate() error {
	return validateDraft(t, node.checkNotificationMessages)
}

func (t NotificationMessagesTemplate) message() Message { return template("notification_messages", t) }

func (n node) checkNotificationMessages() {
	n.checkNotificationRequest()
	for _, element := range n.get("elements").list(0, 0) {
		if element.isObject() {
			element.checkNotificationRequest()
		}
	}
}

func (n node) checkNotificationRequest() {
	n.get("title").text(maxNotificationTitle)
	n.get("image_url").url()
	n.get("payload").text(0)
	n.get("notification_messages_timezone").text(0)
	n.get("notification_messages_cta_text").oneOf(CTAAllow, CTAFrequency, CTAGet, CTAGetUpdates, CTAOptIn, CTASignUp)
}
