package sending

import (
	"context"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// MediaTemplate is an image or a video with buttons: one that was uploaded, or
// one of the page's posts on Facebook. A video does not go to people in the
// European Union and Japan. Messenger only.
//
// As a sender it translates the buttons' titles. A custom sender embeds it and
// adds to it; see [QuickReplies].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/media
type MediaTemplate struct {
	// MediaType is attachment.Image or attachment.Video.
	MediaType attachment.Type `json:"media_type,omitempty"`
	// AttachmentID is the one that was uploaded.
	AttachmentID string `json:"attachment_id,omitempty"`
	// URL is that of the post; no other URL than Facebook's. One of the two is
	// set.
	URL string `json:"url,omitempty"`
	// Buttons are at most 3.
	Buttons []Button `json:"buttons,omitempty"`
	// Sharable lets the person share the message. Default: false.
	Sharable bool `json:"sharable,omitempty"`
}

// WithUploaded returns a copy with an image or a video that was uploaded.
func (t MediaTemplate) WithUploaded(kind attachment.Type, attachmentID string) MediaTemplate {
	t.MediaType, t.AttachmentID, t.URL = kind, attachmentID, ""
	return t
}

// WithPost returns a copy with the image or the video of a post on Facebook.
func (t MediaTemplate) WithPost(kind attachment.Type, url string) MediaTemplate {
	t.MediaType, t.AttachmentID, t.URL = kind, "", url
	return t
}

// WithURL returns a copy with one more button, that opens a page.
func (t MediaTemplate) WithURL(title, url string) MediaTemplate {
	t.Buttons = addButtons(t.Buttons, URLButton(title, url))
	return t
}

// WithPostback returns a copy with one more button, that sends the payload back
// to the bot.
func (t MediaTemplate) WithPostback(title, payload string) MediaTemplate {
	t.Buttons = addButtons(t.Buttons, PostbackButton(title, payload))
	return t
}

// WithButtons returns a copy with more buttons.
func (t MediaTemplate) WithButtons(buttons ...Button) MediaTemplate {
	t.Buttons = addButtons(t.Buttons, buttons...)
	return t
}

// WithSharable returns a copy that the person may share, or may not.
func (t MediaTemplate) WithSharable(sharable bool) MediaTemplate {
	t.Sharable = sharable
	return t
}

// Message makes the message as it is, without translation.
func (t MediaTemplate) Message() Message { return t.message() }

// Compose makes the message.
func (t MediaTemplate) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	return e.composed(t.expand(&e).message())
}

// TextRefs returns the texts that it translates.
func (t MediaTemplate) TextRefs() []i18n.TextRef { return textRefs(func(e *expander) { t.expand(e) }) }

func (t MediaTemplate) expand(e *expander) MediaTemplate {
	e.url("url", &t.URL)
	t.Buttons = e.buttons("buttons", t.Buttons)
	return t
}

// Validate reports what exceeds a limit before translation. Missing parts are
// allowed: an embedding sender may add them.
func (t MediaTemplate) Validate() error { return validateDraft(t.element(), node.checkMediaElement) }

func (t MediaTemplate) message() Message {
	return template("media", struct {
		Elements []mediaElement `json:"elements"`
		Sharable bool           `json:"sharable,omitempty"`
	}{[]mediaElement{t.element()}, t.Sharable})
}

type mediaElement struct {
	MediaType    attachment.Type `json:"media_type,omitempty"`
	AttachmentID string          `json:"attachment_id,omitempty"`
	URL          string          `json:"url,omitempty"`
	Buttons      []Button        `json:"buttons,omitempty"`
}

func (t MediaTemplate) element() mediaElement {
	return mediaElement{MediaType: t.MediaType, AttachmentID: t.AttachmentID, URL: t.URL, Buttons: t.Buttons}
}

func (n node) checkMedia() {
	for _, element := range n.get("elements").list(1, 1) {
		if element.isObject() {
			element.checkMediaElement()
		}
	}
}

func (n node) checkMediaElement() {
	kind := n.get("media_type")
	if kind.need() {
		kind.oneOf(string(attachment.Image), string(attachment.Video))
	}
	n.needOne("attachment_id", "url")
	n.get("attachment_id").id()
	n.get("url").facebookURL()
	n.get("buttons").checkButtons(0)
}
