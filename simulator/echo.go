package simulator

import (
	"encoding/json"
	"time"
)

// echo queues the callbacks about a message of the page, of any app: the echo and the delivery receipt, where subscribed.
// s.mu must be held. See
// https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/message-echoes
func (s *Simulator) echo(pg *page, m *Message, at time.Time) {
	c := pg.conversation(m.PSID)
	wire := &eventMessage{IsEcho: true, AppID: number(m.AppID), Metadata: m.Metadata, MID: m.ID, Text: m.Text}
	if m.ReplyTo != "" {
		wire.ReplyTo = pg.replyTo(c, m.ReplyTo, FromPage)
	}
	for _, a := range m.Attachments {
		wire.Attachments = append(wire.Attachments, echoed(a))
	}
	s.tell(pg, c, m, at, "message_echoes", element{
		Sender: &party{ID: pg.id}, Recipient: &party{ID: m.PSID}, Timestamp: at.UnixMilli(), Message: wire,
	})
	s.tell(pg, c, m, at, "message_deliveries", element{
		Sender: &party{ID: m.PSID}, Recipient: &party{ID: pg.id},
		Delivery: &eventDelivery{MIDs: []string{m.ID}, Watermark: at.UnixMilli()},
	})
}

// echoed is an attachment as echoes show it; ids of uploads are numbers there.
func echoed(a Attachment) eventAttachment {
	if a.Template != nil {
		return eventAttachment{Type: "template", Payload: a.Template.Raw}
	}
	payload := mediaPayload{URL: a.URL}
	if a.AttachmentID != "" {
		payload.AttachmentID = number(a.AttachmentID)
	}
	if a.StickerID != "" {
		payload.StickerID = number(a.StickerID)
	}
	return eventAttachment{Type: a.Type, Payload: payload}
}

func (s *Simulator) tell(pg *page, c *conversation, m *Message, at time.Time, field string, e element) {
	raw, err := encode(e)
	if err == nil {
		err = s.report(pg, c, Delivery{PSID: m.PSID, Field: field, MID: m.ID, Time: at}, raw)
	}
	if err != nil { // cannot happen: its JSON was parsed before
		s.cfg.Logger.Error("callback not built", "field", field, "error", err)
	}
}

// mustJSON encodes plain values, which always encode.
func mustJSON(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic("simulator: " + err.Error())
	}
	return data
}
