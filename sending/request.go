package sending

import (
	"encoding/json"
	"fmt"
)

// Request returns the body of the Send API request for a message, addressed to
// its own recipient or else to the one given. Metadata replaces the message's
// own; sender actions and reactions carry none. Of a public reply, which the Send
// API does not take, it returns what is recorded of it: its target and its text.
func (m Message) Request(to Recipient, metadata string) (json.RawMessage, error) {
	if m.Public != nil {
		return marshalRequest(publicRequest{Public: *m.Public, Message: m.Text})
	}
	if m.Recipient != nil {
		to = *m.Recipient
	}
	body := request{
		Recipient:        to,
		MessagingType:    m.MessagingType,
		Tag:              m.Tag,
		NotificationType: m.NotificationType,
		PersonaID:        m.PersonaID,
		ThreadControl:    m.ThreadControl,
		SenderAction:     m.SenderAction,
		Payload:          m.Reaction,
	}
	if m.ReplyTo != "" {
		body.ReplyTo = &replyTo{MID: m.ReplyTo}
	}
	if m.SenderAction == "" {
		body.MessagingType = m.messagingType()
		body.Message = &content{
			Text:         m.Text,
			Attachment:   m.Attachment,
			Attachments:  m.Attachments,
			StickerID:    json.Number(m.StickerID),
			Template:     wireUtility(m.Utility),
			QuickReplies: m.QuickReplies,
			Metadata:     metadata,
		}
	}
	return marshalRequest(body)
}

func marshalRequest(body any) (json.RawMessage, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("sending: encode request: %w", err)
	}
	return raw, nil
}

type publicRequest struct {
	Public  PublicReply `json:"public"`
	Message string      `json:"message"`
}

// messagingType is the one that goes out. A utility template always has the
// type UTILITY.
func (m Message) messagingType() MessagingType {
	switch {
	case m.Utility != nil:
		return MessagingUtility
	case m.MessagingType != "":
		return m.MessagingType
	case m.Tag != "":
		return MessagingTag
	default:
		return MessagingResponse
	}
}

// request and what it holds is the wire form of the Send API.
type request struct {
	Recipient        Recipient        `json:"recipient"`
	MessagingType    MessagingType    `json:"messaging_type,omitempty"`
	Tag              string           `json:"tag,omitempty"`
	NotificationType NotificationType `json:"notification_type,omitempty"`
	PersonaID        string           `json:"persona_id,omitempty"`
	ReplyTo          *replyTo         `json:"reply_to,omitempty"`
	ThreadControl    *ThreadControl   `json:"thread_control,omitempty"`
	SenderAction     Action           `json:"sender_action,omitempty"`
	Payload          *Reaction        `json:"payload,omitempty"`
	Message          *content         `json:"message,omitempty"`
}

type replyTo struct {
	MID string `json:"mid"`
}

type content struct {
	Text         string           `json:"text,omitempty"`
	Attachment   *Attachment      `json:"attachment,omitempty"`
	Attachments  []Attachment     `json:"attachments,omitempty"`
	StickerID    json.Number      `json:"sticker_id,omitempty"`
	Template     *utilityTemplate `json:"template,omitempty"`
	QuickReplies []QuickReply     `json:"quick_replies,omitempty"`
	Metadata     string           `json:"metadata,omitempty"`
}
