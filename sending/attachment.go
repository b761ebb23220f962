package sending

import (
	"encoding/json"
	"fmt"
)

// Attachment is media or a template. Payload is what the platform documents
// for the type, as JSON; the builders write it.
type Attachment struct {
	Type    AttachmentType  `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// AttachmentType is the platform's name of a kind of attachment.
type AttachmentType string

// The kinds of attachment.
const (
	AttachmentImage    AttachmentType = "image"
	AttachmentAudio    AttachmentType = "audio"
	AttachmentVideo    AttachmentType = "video"
	AttachmentFile     AttachmentType = "file"
	AttachmentTemplate AttachmentType = "template"
)

// Image makes a message with the image at a URL, at most 8 MB.
func Image(url string) Message { return Media(AttachmentImage, url) }

// Audio makes a message with the sound at a URL, at most 25 MB.
func Audio(url string) Message { return Media(AttachmentAudio, url) }

// Video makes a message with the video at a URL, at most 25 MB.
func Video(url string) Message { return Media(AttachmentVideo, url) }

// File makes a message with the file at a URL, at most 25 MB.
func File(url string) Message { return Media(AttachmentFile, url) }

// Media makes a message with the media at a URL, which the platform fetches:
// within 10 seconds, a video within 75.
func Media(kind AttachmentType, url string) Message {
	return attach(kind, mediaPayload{URL: url})
}

// Uploaded makes a message with media that was uploaded before, by its
// attachment id. The platform forgets ids after 90 days.
func Uploaded(kind AttachmentType, attachmentID string) Message {
	return attach(kind, mediaPayload{AttachmentID: attachmentID})
}

// Template makes a message with a template of any type, the way out when the
// platform has one that this library has no builder for. The payload is
// encoded as JSON; its template_type is set to templateType.
func Template(templateType string, payload any) (Message, error) {
	fields, err := fieldsOf(payload)
	if err != nil {
		return Message{}, fmt.Errorf("sending: payload of template %q: %w", templateType, err)
	}
	name, err := json.Marshal(templateType)
	if err != nil {
		return Message{}, fmt.Errorf("sending: template type: %w", err)
	}
	fields["template_type"] = name
	return attach(AttachmentTemplate, fields), nil
}

// ButtonTemplate makes a message with a text of at most 640 characters and one
// to three buttons.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/button
func ButtonTemplate(text string, buttons ...Button) Message {
	return attach(AttachmentTemplate, buttonPayload{TemplateType: "button", Text: text, Buttons: buttons})
}

type mediaPayload struct {
	URL          string `json:"url,omitempty"`
	AttachmentID string `json:"attachment_id,omitempty"`
}

type buttonPayload struct {
	TemplateType string   `json:"template_type"`
	Text         string   `json:"text"`
	Buttons      []Button `json:"buttons"`
}

func attach(kind AttachmentType, payload any) Message {
	raw, err := json.Marshal(payload)
	if err != nil {
		// The payloads of this package are strings and maps of raw JSON.
		panic("sending: " + err.Error())
	}
	return Message{Attachment: &Attachment{Type: kind, Payload: raw}}
}

func fieldsOf(payload any) (map[string]json.RawMessage, error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	if fields == nil {
		fields = map[string]json.RawMessage{}
	}
	return fields, nil
}
