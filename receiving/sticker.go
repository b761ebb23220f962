package receiving

import "github.com/djmessenger/messenger/attachment"

// Sticker reports whether the message is a sticker, and which: as an attachment of its own kind, as the platform sends it
// since 2026-08-31, or in the older forms, where the id stood beside an image. The id is "" if the platform did not say it.
func (m *Message) Sticker() (id string, ok bool) {
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if a.Payload != nil && a.Payload.StickerID != "" {
			return a.Payload.StickerID, true
		}
		ok = ok || a.Type == attachment.Sticker
	}
	return m.StickerID, ok || m.StickerID != ""
}
