package receiving

import (
	"strings"
	"time"
)

// Postback is a tap on a button, a menu item, an ice breaker or Get Started.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_postbacks
type Postback struct {
	MID   string `json:"mid,omitempty"`
	Title string `json:"title,omitempty"`
	// Payload is the developer's. It is missing on standby.
	Payload  string    `json:"payload,omitempty"`
	Referral *Referral `json:"referral,omitempty"`
	// IsSelf and PriorMessage are as in [Message]. The platform writes them
	// beside the postback.
	IsSelf       bool          `json:"is_self,omitempty"`
	PriorMessage *PriorMessage `json:"prior_message,omitempty"`
}

// Referral says how a person came to the page.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_referrals
type Referral struct {
	Ref string `json:"ref,omitempty"`
	// Source is "SHORTLINK", "ADS" or another of the platform's words.
	Source string `json:"source,omitempty"`
	// Type is "OPEN_THREAD"; of a lead ad "LEAD_COMPLETE" or
	// "LEAD_INCOMPLETE".
	Type       string `json:"type,omitempty"`
	AdID       string `json:"ad_id,omitempty"`
	RefererURI string `json:"referer_uri,omitempty"`
	// AdsContextData describes the ad.
	AdsContextData *AdsContextData `json:"ads_context_data,omitempty"`
	// Product is set when a message was written from a product's page.
	Product *Product `json:"product,omitempty"`
	// Lead is what the person entered in a lead ad's form. The platform
	// writes it beside the referral.
	Lead *Lead `json:"lead,omitempty"`
	// IsSelf is as in [Message].
	IsSelf bool `json:"is_self,omitempty"`
}

// AdsContextData describes the ad that brought a person. An ad has a photo or
// a video.
type AdsContextData struct {
	AdTitle   string `json:"ad_title,omitempty"`
	PhotoURL  string `json:"photo_url,omitempty"`
	VideoURL  string `json:"video_url,omitempty"`
	PostID    string `json:"post_id,omitempty"`
	ProductID string `json:"product_id,omitempty"`
	FlowID    string `json:"flow_id,omitempty"`
}

// Product is one of a shop's products.
type Product struct {
	ID string `json:"id"`
}

// Lead is what a person entered in a lead ad's form.
type Lead struct {
	Data []LeadAnswer `json:"data,omitempty"`
}

// LeadAnswer is one answer of a [Lead].
type LeadAnswer struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// The types of opt-ins.
const (
	// OptInPlugin is an opt-in through a plugin on a web page, which says no type.
	OptInPlugin = ""
	// OptInNotificationMessages is the consent to marketing messages, or its
	// end, according to NotificationMessagesStatus.
	OptInNotificationMessages = "notification_messages"
	// OptInOneTime is the consent to a single notification. The platform has
	// given it up; old buttons may still be in chats.
	OptInOneTime = "one_time_notif_req"
)

// OptIn is a person's consent: through a plugin, or to be sent notifications.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_optins
type OptIn struct {
	// Ref is what the plugin was set up with.
	Ref     string `json:"ref,omitempty"`
	UserRef string `json:"user_ref,omitempty"`
	// Type is empty for a plugin, or [OptInNotificationMessages] or
	// [OptInOneTime].
	Type string `json:"type,omitempty"`
	// Payload is the developer's, from the request for the opt-in.
	Payload string `json:"payload,omitempty"`
	Title   string `json:"title,omitempty"`
	Source  string `json:"source,omitempty"`

	// NotificationMessagesToken is what marketing messages to the person are
	// sent to.
	NotificationMessagesToken string `json:"notification_messages_token,omitempty"`
	// NotificationMessagesTimezone is the person's, as an IANA name.
	NotificationMessagesTimezone string `json:"notification_messages_timezone,omitempty"`
	// TokenExpiryTimestamp is when the token ends.
	TokenExpiryTimestamp time.Time `json:"token_expiry_timestamp,omitzero"`
	// UserTokenStatus is "REFRESHED" or "NOT_REFRESHED".
	UserTokenStatus string `json:"user_token_status,omitempty"`
	// NotificationMessagesStatus is set when the person has stopped or resumed
	// the messages. [OptIn.Stops] reads it.
	NotificationMessagesStatus string `json:"notification_messages_status,omitempty"`
	// NotificationMessagesFrequency comes with old tokens only.
	NotificationMessagesFrequency string `json:"notification_messages_frequency,omitempty"`
	NotificationMessagesTopic     string `json:"notification_messages_topic,omitempty"`

	// OneTimeNotifToken is what the single notification is sent to.
	OneTimeNotifToken string `json:"one_time_notif_token,omitempty"`
}

// Stops reports whether this is the end of a consent: the person wants no more
// of the notifications.
func (o *OptIn) Stops() bool {
	// The documentation prints "STOP NOTIFICATIONS"; it used to have an underscore.
	return strings.HasPrefix(strings.ToUpper(o.NotificationMessagesStatus), "STOP")
}
