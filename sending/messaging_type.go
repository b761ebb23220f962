package sending

// MessagingType is the reason for which a message is sent.
type MessagingType string

// The messaging types.
const (
	MessagingResponse MessagingType = "RESPONSE"
	MessagingUpdate   MessagingType = "UPDATE"
	MessagingTag      MessagingType = "MESSAGE_TAG"
	MessagingUtility  MessagingType = "UTILITY"
)

// The remaining tags. Each extends the window to 7 days after the person's last
// message. Other tags that the platform allows a page are written as strings.
const (
	// TagHumanAgent allows an answer that a human wrote.
	TagHumanAgent = "HUMAN_AGENT"
	// TagCustomerFeedback allows a [CustomerFeedbackTemplate], and nothing else.
	TagCustomerFeedback = "CUSTOMER_FEEDBACK"
)

// deadTags are answered with an error since 2026-04-27. Utility messages have
// taken their place.
var deadTags = map[string]bool{
	"ACCOUNT_UPDATE":         true,
	"CONFIRMED_EVENT_UPDATE": true,
	"POST_PURCHASE_UPDATE":   true,
}

// NotificationType says how the device announces a message.
type NotificationType string

// The notification types.
const (
	NotifyRegular NotificationType = "REGULAR"
	NotifySilent  NotificationType = "SILENT_PUSH"
	NotifyNone    NotificationType = "NO_PUSH"
)

// WithMessagingType returns a copy that says why it is sent.
func (m Message) WithMessagingType(t MessagingType) Message {
	m.MessagingType = t
	return m
}

// WithTag returns a copy that may go out outside the 24-hour window, for the
// reason that the tag names.
func (m Message) WithTag(tag string) Message {
	m.MessagingType, m.Tag = MessagingTag, tag
	return m
}

// WithNotification returns a copy with another notification type.
func (m Message) WithNotification(t NotificationType) Message {
	m.NotificationType = t
	return m
}

// WindowFree reports whether the message may go out when the 24-hour window is
// closed: it is public, carries a tag, is a utility message, or goes to a recipient
// that no window applies to, such as a comment or a token.
func (m Message) WindowFree() bool {
	return m.Public != nil || m.Tag != "" || m.MessagingType == MessagingTag ||
		m.Utility != nil || m.MessagingType == MessagingUtility ||
		m.Recipient != nil && m.Recipient.ID == ""
}
