package sending

// ThreadControl hands a conversation over to another app after a message.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
type ThreadControl struct {
	// Type defaults to release.
	Type ControlType `json:"control_type,omitempty"`
	// AppID is who gets the conversation that is passed.
	AppID string `json:"app_id,omitempty"`
}

// ControlType says how a conversation is handed over.
type ControlType string

// The ways to hand over.
const (
	// ControlPass gives the conversation to an app.
	ControlPass ControlType = "pass"
	// ControlRelease releases it: the page's routing decides which app is next.
	ControlRelease ControlType = "release"
)

// PassThread returns a copy after which the app has the conversation. The page's
// inbox, where people answer, is [graph.InboxApp], an Instagram account's
// [graph.InstagramInboxApp].
func (m Message) PassThread(appID string) Message {
	m.ThreadControl = &ThreadControl{Type: ControlPass, AppID: appID}
	return m
}

// ReleaseThread returns a copy after which the page's routing decides who has
// the conversation.
func (m Message) ReleaseThread() Message {
	m.ThreadControl = &ThreadControl{Type: ControlRelease}
	return m
}
