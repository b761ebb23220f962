package receiving

import "time"

// Call is a step of a call between a person and the page. It is answered by way of the calling API.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/calling/webhooks
type Call struct {
	ID string `json:"id,omitempty"`
	// Event is "connect", "call_status", "media_update", "terminate" or another
	// of the platform's words.
	Event     string    `json:"event,omitempty"`
	Timestamp time.Time `json:"timestamp,omitzero"`

	// From and To are the caller and the callee, of "connect": the person's
	// PSID and the page's id, or the other way round.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// CallDirection is "business_initiated" or "user_initiated", of "connect".
	CallDirection string `json:"call_direction,omitempty"`

	// RecipientID is the person's PSID, and CallStatus is "ringing" or
	// "accepted", of "call_status".
	RecipientID string `json:"recipient_id,omitempty"`
	CallStatus  string `json:"call_status,omitempty"`

	// Session is the media's description, of "media_update".
	Session *CallSession `json:"session,omitempty"`

	// Status is "Completed" or "Failed", of "terminate", as are the times.
	Status    string    `json:"status,omitempty"`
	StartTime time.Time `json:"start_time,omitzero"`
	EndTime   time.Time `json:"end_time,omitzero"`
	// Duration is in seconds, from when the page answered.
	Duration int `json:"duration,omitempty"`
}

// CallSession describes a call's media.
type CallSession struct {
	// Version grows with each description; the highest one holds.
	Version int `json:"version,omitempty"`
	// SDPRenegotiation is the offer to answer.
	SDPRenegotiation *CallSDP `json:"sdp_renegotiation,omitempty"`
}

// CallSDP is a session description.
type CallSDP struct {
	// SDPType is "offer" or "answer".
	SDPType string `json:"sdp_type,omitempty"`
	// SDP is the description in the form of RFC 4566.
	SDP string `json:"sdp,omitempty"`
}

// CallPermissionReply is a person's answer to the question whether the page may call them.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/calling/biz2consumer/check-permissions
type CallPermissionReply struct {
	// Response is "approve" or "reject".
	Response string `json:"response,omitempty"`
	// ExpirationTimestamp is when a permission ends; only with "approve".
	ExpirationTimestamp time.Time `json:"expiration_timestamp,omitzero"`
}
