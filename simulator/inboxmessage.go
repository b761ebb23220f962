package simulator

import (
	"path"
	"strconv"
	"strings"
)

// messagesTold is of how many messages of a conversation, the newest, the platform tells more than that they exist.
const messagesTold = 20

// callMessage answers GET /{message}. s.mu must be held.
func (s *Simulator) callMessage(c *call, psid string, m *Message, fields []field) (any, *GraphError) {
	for i, other := range c.page.conversations[psid].shown() {
		if other == m && i < messagesTold {
			return c.page.readMessage(psid, m, fields)
		}
	}
	return nil, known("message deleted")
}

// readMessage answers with the fields of a message, see
// https://developers.facebook.com/docs/graph-api/reference/message
func (p *page) readMessage(psid string, m *Message, fields []field) (any, *GraphError) {
	from, to := p.partyOf(psid), p.partyOf(p.id)
	tags := []any{map[string]string{"name": "inbox"}, map[string]string{"name": "source:chat"}}
	if m.From == FromPage {
		from, to = to, from
		tags = append(tags, map[string]string{"name": "sent"})
	}
	all := map[string]any{
		"created_time": timeOf(m.Time), "from": from, "to": map[string]any{"data": []any{to}}, "message": m.Text,
		"tags": map[string]any{"data": tags}, "is_unsupported": false, "attachments": nil, "shares": nil, "reactions": nil, "sticker": nil,
		"reply_to": nil, "story": nil, "thread_id": p.conversationID(psid),
	}
	var attachments, shares []any
	for i, a := range m.Attachments {
		switch a.Type {
		case "sticker":
			all["sticker"] = a.URL
		case "MEDIA_SHARE", "share", "fallback":
			shares = append(shares, map[string]any{"id": a.MediaID, "link": a.URL, "name": a.Title})
		default:
			attachments = append(attachments, p.keptAttachment(m, i, a))
		}
	}
	if attachments != nil {
		all["attachments"] = map[string]any{"data": attachments}
	}
	if shares != nil {
		all["shares"] = map[string]any{"data": shares}
	}
	var reactions []any
	for _, r := range [][2]string{{psid, m.PersonReaction}, {p.id, m.PageReaction}} {
		if r[1] != "" {
			reactions = append(reactions, map[string]any{"reaction": r[1], "users": []any{p.partyOf(r[0])}})
		}
	}
	if reactions != nil {
		all["reactions"] = map[string]any{"data": reactions}
	}
	if m.ReplyTo != "" {
		all["reply_to"] = map[string]any{"mid": m.ReplyTo}
	}
	if m.Story != "" {
		all["story"] = map[string]any{"reply_to": map[string]string{"link": m.Story}}
	}
	return choose(m.ID, fields, []string{"created_time"}, all)
}

// keptAttachment is an attachment as the inbox keeps it.
func (p *page) keptAttachment(m *Message, i int, a Attachment) map[string]any {
	kept := map[string]any{"id": p.attachmentKey(m, i), "name": path.Base(a.URL)}
	switch a.Type {
	case "image":
		kept["mime_type"], kept["image_data"] = "image/jpeg", map[string]any{"url": a.URL, "preview_url": a.URL}
	case "video":
		kept["mime_type"], kept["video_data"] = "video/mp4", map[string]any{"url": a.URL, "preview_url": a.URL}
	case "audio":
		kept["mime_type"], kept["file_url"] = "audio/mpeg", a.URL
	case "template":
		delete(kept, "name")
		kept["generic_template"] = templateShown(a.Template)
	default:
		kept["mime_type"], kept["file_url"] = "application/octet-stream", a.URL
	}
	return kept
}

// attachmentKey is an id of an attachment that stays the same.
func (p *page) attachmentKey(m *Message, i int) string {
	id := strings.TrimPrefix(p.conversationID(m.ID+" "+strconv.Itoa(i)), "t_")
	return strings.TrimPrefix(id, inboxPrefix)
}

// templateShown is what the inbox keeps of a template: its first card.
func templateShown(t *Template) map[string]any {
	shown := map[string]any{}
	if t == nil {
		return shown
	}
	set := func(name, text string) {
		if text != "" {
			shown[name] = text
		}
	}
	set("title", t.Text)
	buttons := t.Buttons
	if len(t.Elements) > 0 {
		e := t.Elements[0]
		set("title", e.Title)
		set("subtitle", e.Subtitle)
		set("media_url", e.ImageURL)
		buttons = e.Buttons
	}
	if len(buttons) > 0 {
		shown["cta"] = buttons
	}
	return shown
}
