package sending

// QuickReply is a chip below a message. It vanishes when it is tapped or when
// the person writes something else.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies
type QuickReply struct {
	ContentType QuickReplyType `json:"content_type"`
	// Title is what the chip shows and the person says by tapping it, at most
	// 20 characters. Only for the text kind.
	Title string `json:"title,omitempty"`
	// Payload comes back with the tap, at most 1000 characters. Only for the
	// text kind.
	Payload string `json:"payload,omitempty"`
	// ImageURL is an icon of at least 24 by 24 pixels. Only for the text kind.
	ImageURL string `json:"image_url,omitempty"`
}

// QuickReplyType is what a chip asks for.
type QuickReplyType string

// The kinds of quick reply.
const (
	QuickReplyText  QuickReplyType = "text"
	QuickReplyPhone QuickReplyType = "user_phone_number"
	QuickReplyEmail QuickReplyType = "user_email"
)

// TextReply makes a chip with a title and the payload that a tap sends back.
func TextReply(title, payload string) QuickReply {
	return QuickReply{ContentType: QuickReplyText, Title: title, Payload: payload}
}

// WithImage returns a copy with an icon.
func (r QuickReply) WithImage(url string) QuickReply {
	r.ImageURL = url
	return r
}

// PhoneReply makes a chip that shares the person's phone number. Messenger
// only: Instagram has refused it since 2026-10-05.
func PhoneReply() QuickReply { return QuickReply{ContentType: QuickReplyPhone} }

// EmailReply makes a chip that shares the person's e-mail address. Messenger only.
func EmailReply() QuickReply { return QuickReply{ContentType: QuickReplyEmail} }
