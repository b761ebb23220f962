package simulator

import "strings"

// Limits of a message, see
// https://developers.facebook.com/docs/messenger-platform/reference/send-api
const (
	maxText         = 2000
	maxMetadata     = 1000
	maxQuickReplies = 13
	maxTitle        = 20 // of a quick reply or button
	maxPayload      = 1000
	maxImages       = 30

	maxInstagramText   = 1000 // bytes
	maxInstagramImages = 10
)

// readMessage checks the message object and decodes what people see of it.
func (sd *send) readMessage(v value) {
	if !v.present() {
		sd.refuse("Param message or sender_action must be present.")
		return
	}
	kinds := []string{"text", "attachment", "attachments", "sticker_id", "template", "dynamic_text"}
	if sd.instagram {
		kinds = kinds[:3]
	}
	get := sd.object(v, append([]string{"quick_replies", "metadata"}, kinds...)...)
	m := &sd.message
	m.Metadata = sd.text(get("metadata"), maxMetadata)
	var contents []string
	for _, name := range kinds {
		if get(name).present() {
			contents = append(contents, name)
		}
	}
	if len(contents) != 1 {
		sd.refuse("Param message must have exactly one of text, attachment, attachments, sticker_id, template; it has %q.",
			strings.Join(contents, ", "))
		return
	}
	content := get(contents[0])
	switch contents[0] {
	case "text":
		m.Text = sd.required(content, maxText)
		if sd.instagram && len(m.Text) > maxInstagramText {
			sd.refuse("Length of param message[text] must be less than or equal to %d bytes.", maxInstagramText)
		}
	case "dynamic_text":
		text := sd.object(content, "text", "fallback_text")
		sd.required(text("text"), maxText)
		m.Text = sd.required(text("fallback_text"), maxText)
	case "attachment":
		m.Attachments = []Attachment{sd.readAttachment(content)}
	case "attachments":
		most := maxImages
		if sd.instagram {
			most = maxInstagramImages
		}
		for _, item := range sd.list(content, 1, most) {
			a := sd.readAttachment(item)
			if a.Type != "image" {
				sd.refuse("Param %s[type] must be image.", item.path)
			}
			m.Attachments = append(m.Attachments, a)
		}
	case "sticker_id":
		id := sd.id(content)
		if !digits(id) {
			sd.refuse("Param message[sticker_id] must be a number.")
		}
		m.Attachments = []Attachment{{Type: "sticker", StickerID: id}}
	case "template":
		sd.readUtility(content)
	}
	if replies := get("quick_replies"); replies.present() {
		if m.Text == "" && contents[0] != "attachment" && contents[0] != "attachments" {
			sd.refuse("Param message[quick_replies] needs a text or an attachment.")
		}
		for _, reply := range sd.list(replies, 1, maxQuickReplies) {
			m.QuickReplies = append(m.QuickReplies, sd.readQuickReply(reply))
		}
	}
	if sd.tag == "CUSTOMER_FEEDBACK" && !m.hasTemplate("customer_feedback") {
		sd.refuse("Param tag CUSTOMER_FEEDBACK needs a customer_feedback template.")
	}
	if sd.messagingType == "UTILITY" && contents[0] != "template" {
		sd.refuse("Param messaging_type UTILITY needs message[template].")
	}
}

func (m *Message) hasTemplate(kind string) bool {
	for _, a := range m.Attachments {
		if a.Template != nil && a.Template.Type == kind {
			return true
		}
	}
	return false
}

// readQuickReply checks one chip, see
// https://developers.facebook.com/docs/messenger-platform/send-messages/quick-replies
func (sd *send) readQuickReply(v value) QuickReply {
	get := sd.object(v, "content_type", "title", "payload", "image_url")
	kinds := []string{"text", "user_phone_number", "user_email"}
	if sd.instagram {
		kinds = kinds[:1] // the others are refused since 2026-10-05
	}
	q := QuickReply{ContentType: sd.oneOf(get("content_type"), kinds...)}
	if q.ContentType == "" {
		sd.refuse("Param %s[content_type] must be one of {%s}.", v.path, strings.Join(kinds, ", "))
	}
	q.Title = sd.text(get("title"), maxTitle)
	if q.ContentType == "text" && q.Title == "" {
		sd.refuse("Param %s[title] must be a non-empty string.", v.path)
	}
	q.Payload = sd.text(get("payload"), maxPayload)
	q.ImageURL = sd.link(get("image_url"), false)
	return q
}

// readUtility checks a utility message, which names an approved template.
func (sd *send) readUtility(v value) {
	get := sd.object(v, "name", "language", "components")
	if sd.messagingType != "UTILITY" {
		sd.refuse("Param message[template] needs messaging_type UTILITY.")
	}
	sd.template = [2]string{sd.required(get("name"), 1000), sd.required(sd.object(get("language"), "code")("code"), 100)}
	if components := get("components"); components.present() {
		for _, item := range sd.list(components, 0, 100) {
			part := sd.object(item, "type", "parameters")
			if sd.oneOf(part("type"), "header", "body", "buttons") == "" {
				sd.refuse("Param %s[type] must be one of {header, body, buttons}.", item.path)
			}
			sd.list(part("parameters"), 0, 100)
		}
	}
	sd.message.Attachments = []Attachment{{Type: "template", Template: &Template{Type: "utility", Raw: v.unquoted().raw}}}
}

// readAttachment checks media or a template.
func (sd *send) readAttachment(v value) Attachment {
	get := sd.object(v, "type", "payload")
	kinds := []string{"image", "audio", "video", "file", "template"}
	if sd.instagram {
		kinds = append(kinds, "like_heart", "MEDIA_SHARE")
	}
	a := Attachment{Type: sd.oneOf(get("type"), kinds...)}
	switch a.Type {
	case "":
		sd.refuse("Param %s[type] must be one of {%s}.", v.path, strings.Join(kinds, ", "))
		return a
	case "like_heart":
		return a
	case "MEDIA_SHARE":
		a.MediaID = sd.neededID(sd.object(get("payload"), "id")("id"))
		return a
	case "template":
		a.Template = sd.readTemplate(get("payload"))
		return a
	}
	payload := func(string) value { return value{} }
	if get("payload").present() || sd.upload == nil {
		payload = sd.object(get("payload"), "url", "attachment_id", "is_reusable")
	}
	a.URL = sd.link(payload("url"), false)
	a.AttachmentID = sd.id(payload("attachment_id"))
	sd.reusable = sd.boolean(payload("is_reusable"))
	sources := 0
	for _, there := range []bool{a.URL != "", a.AttachmentID != "", sd.upload != nil} {
		if there {
			sources++
		}
	}
	if sources != 1 {
		sd.refuse("Param %s[payload] must have exactly one of url and attachment_id, or come with filedata.", v.path)
	}
	if sd.upload != nil {
		sd.takeUpload(a.Type)
	}
	return a
}
