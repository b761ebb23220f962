package sending

import (
	"encoding/json"
	"strings"

	"github.com/djmessenger/messenger/attachment"
)

// Attachment is media or a template. Payload is what the platform documents
// for the type, as JSON; the builders write it.
type Attachment struct {
	Type    attachment.Type `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// Image makes a message with the image at a URL, at most 8 MB.
func Image(url string) Message { return Media(attachment.Image, url) }

// Audio makes a message with the sound at a URL, at most 25 MB.
func Audio(url string) Message { return Media(attachment.Audio, url) }

// Video makes a message with the video at a URL, at most 25 MB.
func Video(url string) Message { return Media(attachment.Video, url) }

// File makes a message with the file at a URL, at most 25 MB.
func File(url string) Message { return Media(attachment.File, url) }

// Media makes a message with the media at a URL, which the platform fetches:
// within 10 seconds, a video within 75.
func Media(kind attachment.Type, url string) Message {
	return attach(kind, mediaPayload{URL: url})
}

// ReusableMedia is [Media] that the platform keeps: its answer, which the bot
// records, has an attachment id for [Uploaded].
func ReusableMedia(kind attachment.Type, url string) Message {
	return attach(kind, mediaPayload{URL: url, IsReusable: true})
}

// Uploaded makes a message with media that was uploaded before, by its
// attachment id. The platform forgets ids after 90 days.
func Uploaded(kind attachment.Type, attachmentID string) Message {
	return attach(kind, mediaPayload{AttachmentID: attachmentID})
}

func (a *Attachment) isMedia() bool {
	switch a.Type {
	case attachment.Image, attachment.Audio, attachment.Video, attachment.File:
		return true
	default:
		return false
	}
}

// media returns an attachment with its URL filled in, if it is media that has
// one with placeholders, and else the attachment itself.
func (e *expander) media(a *Attachment) *Attachment {
	if a == nil || !a.isMedia() {
		return a
	}
	fields, err := fieldsOf(a.Payload)
	if err != nil {
		return a // which Validate refuses
	}
	var text string
	if json.Unmarshal(fields["url"], &text) != nil || !strings.Contains(text, "%{") {
		return a
	}
	e.url("attachment.payload.url", &text)
	fields["url"] = encode(text)
	return &Attachment{Type: a.Type, Payload: encode(fields)}
}

type mediaPayload struct {
	URL          string `json:"url,omitempty"`
	AttachmentID string `json:"attachment_id,omitempty"`
	IsReusable   bool   `json:"is_reusable,omitempty"`
}

func attach(kind attachment.Type, payload any) Message {
	return Message{Attachment: &Attachment{Type: kind, Payload: encode(payload)}}
}

// encode writes the payloads of this package: strings, numbers and maps, which
// always have a form in JSON.
func encode(payload any) json.RawMessage {
	raw, err := json.Marshal(payload)
	if err != nil {
		panic("sending: " + err.Error())
	}
	return raw
}
