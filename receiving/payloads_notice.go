package receiving

import "time"

// InboxLabel is a label that was put on a person in the page's inbox, or taken off.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/inbox_labels
type InboxLabel struct {
	// User is the person; [Event.PSID] is the same.
	User *LabelledUser `json:"user,omitempty"`
	// Action is "add" or "remove".
	Action string `json:"action,omitempty"`
	Label  *Label `json:"label,omitempty"`
}

// LabelledUser is the person whom an [InboxLabel] is about, by their PSID.
type LabelledUser struct {
	ID string `json:"id,omitempty"`
}

// Label is a label of the page's inbox.
type Label struct {
	ID            string `json:"id,omitempty"`
	PageLabelName string `json:"page_label_name,omitempty"`
}

// MarketingMessage is a change of the state of a marketing message, which the page pays for. The receiving type is the new state.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/marketing-messages-on-messenger
type MarketingMessage struct {
	// Field is the webhook field, as in "marketing_message_reads".
	Field string `json:"-"`
	// RecipientID is the person; [Event.PSID] is the same. It and MID are
	// empty for subscribers whom the business has uploaded.
	RecipientID string    `json:"recipient_id,omitempty"`
	PageID      string    `json:"page_id,omitempty"`
	AppID       string    `json:"app_id,omitempty"`
	Timestamp   time.Time `json:"timestamp,omitzero"`
	MID         string    `json:"mid,omitempty"`
	// TrackingID is what sending the message returned.
	TrackingID string `json:"marketing_message_tracking_id,omitempty"`
	// SubscriptionToken is what the message was sent to.
	SubscriptionToken string `json:"messenger_subscription_token,omitempty"`
	// MessageID is the campaign's.
	MessageID string `json:"message_id,omitempty"`
	// BusinessID and ErrorMessage are set if the message failed.
	BusinessID   string `json:"business_id,omitempty"`
	ErrorMessage string `json:"error_message,omitempty"`
}

// MessageTemplateStatus says that the platform has approved, rejected or changed a utility template. Its fields are not
// documented for Messenger and are read as WhatsApp has them; [Event.Raw] has all.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages
type MessageTemplateStatus struct {
	// Event is the template's new state, as in "APPROVED".
	Event                   string `json:"event,omitempty"`
	MessageTemplateID       string `json:"message_template_id,omitempty"`
	MessageTemplateName     string `json:"message_template_name,omitempty"`
	MessageTemplateLanguage string `json:"message_template_language,omitempty"`
	Reason                  string `json:"reason,omitempty"`
}

// BusinessIntegrity says that the platform has found the page's business to break its rules, or has restricted it, or has
// decided on an appeal.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/business_integrity
type BusinessIntegrity struct {
	Timestamp    time.Time                      `json:"timestamp,omitzero"`
	Status       string                         `json:"status,omitempty"`
	Violations   []BusinessIntegrityViolation   `json:"violations,omitempty"`
	Restrictions []BusinessIntegrityRestriction `json:"restrictions,omitempty"`
	ActionEvents []BusinessIntegrityAction      `json:"action_events,omitempty"`
}

// BusinessIntegrityViolation is a rule that was broken.
type BusinessIntegrityViolation struct {
	Type        string `json:"type,omitempty"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url,omitempty"`
}

// BusinessIntegrityRestriction is something that the business may not do.
type BusinessIntegrityRestriction struct {
	Feature        string    `json:"feature,omitempty"`
	Status         string    `json:"status,omitempty"`
	Description    string    `json:"description,omitempty"`
	AppliedTime    time.Time `json:"applied_time,omitzero"`
	ExpirationTime time.Time `json:"expiration_time,omitzero"`
}

// BusinessIntegrityAction is something that was done about it, such as an appeal.
type BusinessIntegrityAction struct {
	Type        string    `json:"type,omitempty"`
	Status      string    `json:"status,omitempty"`
	CreatedTime time.Time `json:"created_time,omitzero"`
	UpdatedTime time.Time `json:"updated_time,omitzero"`
}
