package receiving

// CouponReveal is a tap on "Reveal code" of a coupon that the page sent. It comes under the subscription to messages, and is
// no message.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/coupon
type CouponReveal struct {
	// Type is "coupon".
	Type string `json:"type,omitempty"`
	// Payload is the developer's, from the coupon.
	Payload    string `json:"payload,omitempty"`
	CouponCode string `json:"coupon_code,omitempty"`
}

// CustomerInformation is what a person entered in a customer information template.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_customer_information
type CustomerInformation struct {
	Screens []CustomerInformationScreen `json:"screens,omitempty"`
}

// CustomerInformationScreen is one screen of the form.
type CustomerInformationScreen struct {
	ScreenID  string                        `json:"screen_id,omitempty"`
	Responses []CustomerInformationResponse `json:"responses,omitempty"`
}

// CustomerInformationResponse is one field of the form.
type CustomerInformationResponse struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Feedback is a person's answer to a customer feedback template.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_feedback
type Feedback struct {
	FeedbackScreens []FeedbackScreen `json:"feedback_screens,omitempty"`
}

// FeedbackScreen is one screen of the template.
type FeedbackScreen struct {
	ScreenID string `json:"screen_id,omitempty"`
	// Questions are the answers by the ids that the template gave to its
	// questions.
	Questions map[string]FeedbackAnswer `json:"questions,omitempty"`
}

// FeedbackAnswer is the answer to one question.
type FeedbackAnswer struct {
	// Type is "csat", "nps", "ces" or "free_form".
	Type string `json:"type,omitempty"`
	// Payload is the answer: a score, or the text of a free form.
	Payload string `json:"payload,omitempty"`
	// FollowUp is what the person wrote besides the score.
	FollowUp *FeedbackAnswer `json:"follow_up,omitempty"`
}

// ResponseFeedback is a person's thumb up or down on a message of the page. The platform shows the thumbs once the app has
// subscribed to them.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/response_feedback
type ResponseFeedback struct {
	// Feedback is "Good response" or "Bad response".
	Feedback string `json:"feedback,omitempty"`
	// MID is the message that it is about.
	MID string `json:"mid,omitempty"`
}

// Good reports a thumb up.
func (r *ResponseFeedback) Good() bool { return r.Feedback == "Good response" }

// Order is a cart that a person has sent.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/send_cart
type Order struct {
	Products []OrderProduct `json:"products,omitempty"`
	// Note is what the person wrote with it.
	Note string `json:"note,omitempty"`
}

// OrderProduct is one line of an [Order].
type OrderProduct struct {
	ID string `json:"id,omitempty"`
	// RetailerID is the seller's own id of the product.
	RetailerID string `json:"retailer_id,omitempty"`
	Name       string `json:"name,omitempty"`
	// UnitPrice is in units of the currency, such as 39.9 for 39.90 EUR.
	UnitPrice float64 `json:"unit_price"`
	// Currency is its ISO 4217 code.
	Currency string `json:"currency,omitempty"`
	Quantity int    `json:"quantity"`
}

// LeadForm is an instant form that a person has filled in within the conversation. What they entered is read from the Graph
// API.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_in_thread_lead_form_submit
type LeadForm struct {
	// ID is the form's.
	ID string `json:"id,omitempty"`
}

// GamePlay is a round of an Instant Game that a person has played.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_game_plays
type GamePlay struct {
	GameID   string `json:"game_id,omitempty"`
	PlayerID string `json:"player_id,omitempty"`
	// Locale is the person's, as in "en_US".
	Locale string `json:"locale,omitempty"`
	// ContextType is "SOLO", "THREAD" or "GROUP". ContextID is empty for
	// "SOLO".
	ContextType string `json:"context_type,omitempty"`
	ContextID   string `json:"context_id,omitempty"`
	// Score is of classic rounds only, and nil otherwise.
	Score *float64 `json:"score,omitempty"`
	// Payload is the game's.
	Payload string `json:"payload,omitempty"`
}
