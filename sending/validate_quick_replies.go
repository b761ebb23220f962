package sending

import (
	"fmt"

	"github.com/djmessenger/messenger/internal/weburl"
)

func (m Message) checkQuickReplies(c *check) {
	if len(m.QuickReplies) > 0 && (m.StickerID != "" || m.Utility != nil) {
		c.fail("quick_replies", "go with a text or an attachment only")
	}
	validateQuickReplies(c, m.QuickReplies)
}

func validateQuickReplies(c *check, replies []QuickReply) {
	if len(replies) > MaxQuickReplies {
		c.fail("quick_replies", fmt.Sprintf("%d of them, limit %d", len(replies), MaxQuickReplies))
	}
	for i, r := range replies {
		at := entry("quick_replies", i) + "."
		switch r.ContentType {
		case QuickReplyText:
			c.required(at+"title", r.Title, MaxTitle)
			c.required(at+"payload", r.Payload, MaxPayload)
			if r.ImageURL != "" {
				c.url(at+"image_url", r.ImageURL, weburl.Check)
			}
		case QuickReplyPhone, QuickReplyEmail:
			if r.Title != "" || r.Payload != "" || r.ImageURL != "" {
				c.fail(at+"content_type", fmt.Sprintf("%s takes no title, payload or image", r.ContentType))
			}
			if c.instagram() { // disabled there since 2026-10-05
				c.fail(at+"content_type", fmt.Sprintf("%s is not for Instagram", r.ContentType))
			}
		default:
			c.fail(at+"content_type", fmt.Sprintf("%q is none of text, user_phone_number, user_email", r.ContentType))
		}
	}
}
