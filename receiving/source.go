package receiving

// Source says where events of a type come from: where a callback has them, and which webhook field a page or an Instagram
// account must be subscribed to for that.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
type Source struct {
	// Place is where an entry of a callback has such an event: the list and the key of the element, as in
	// "messaging[].postback", or the list and the field of the change, as in "changes[].feed".
	Place string
	// Page is the webhook field of a Facebook page. It is empty if pages have no such events.
	Page string
	// Instagram is the webhook field of an Instagram professional account. It is empty if those have no such events.
	Instagram string
}

// Source returns where events of this type come from. It is the zero Source for [TypeUnknown], which may come from anywhere,
// for [TypeSignal], which comes from the program, and for [TypeDefault], [TypeTap] and [TypeDialog].
func (t Type) Source() Source {
	for _, row := range rows {
		if row.t == t {
			return row.s
		}
	}
	return Source{}
}

var (
	ofMessages            = Source{Place: "messaging[].message", Page: "messages", Instagram: "messages"}
	ofPageMessages        = Source{Place: "messaging[].message", Page: "messages"}
	ofInstagramMessages   = Source{Place: "messaging[].message", Instagram: "messages"}
	ofEchoes              = Source{Place: "messaging[].message", Page: "message_echoes", Instagram: "messages"}
	ofCoupons             = Source{Place: "messaging[].template", Page: "messages"}
	ofDeliveries          = Source{Place: "messaging[].delivery", Page: "message_deliveries"}
	ofReads               = Source{Place: "messaging[].read", Page: "message_reads", Instagram: "messaging_seen"}
	ofReactions           = Source{Place: "messaging[].reaction", Page: "message_reactions", Instagram: "message_reactions"}
	ofEdits               = Source{Place: "messaging[].message_edit", Page: "message_edits", Instagram: "message_edit"}
	ofPostbacks           = Source{Place: "messaging[].postback", Page: "messaging_postbacks", Instagram: "messaging_postbacks"}
	ofOptins              = Source{Place: "messaging[].optin", Page: "messaging_optins"}
	ofReferrals           = Source{Place: "messaging[].referral", Page: "messaging_referrals", Instagram: "messaging_referral"}
	ofAccountLinking      = Source{Place: "messaging[].account_linking", Page: "messaging_account_linking"}
	ofHandovers           = Source{Place: "messaging[].pass_thread_control", Page: "messaging_handovers", Instagram: "messaging_handover"}
	ofPolicy              = Source{Place: "messaging[].policy_enforcement", Page: "messaging_policy_enforcement"}
	ofCustomerInformation = Source{Place: "messaging[].messaging_customer_information", Page: "messaging_customer_information"}
	ofFeedback            = Source{Place: "messaging[].messaging_feedback", Page: "messaging_feedback"}
	ofResponseFeedback    = Source{Place: "messaging[].response_feedback", Page: "response_feedback"}
	ofCarts               = Source{Place: "messaging[].order", Page: "send_cart"}
	ofLeadForms           = Source{Place: "messaging[].form", Page: "messaging_in_thread_lead_form_submit"}
	ofGamePlays           = Source{Place: "messaging[].game_play", Page: "messaging_game_plays"}
	ofCallPermissions     = Source{Place: "messaging[].call_permission_reply", Page: "call_permission_reply"}
	ofCalls               = Source{Place: "calls[]", Page: "calls"}
	ofGroups              = Source{Place: "messaging[].group_id", Page: "group_feed"}
	ofFeed                = pageChange("feed")
	ofPageMentions        = pageChange("mention")
	ofLabels              = pageChange("inbox_labels")
	ofComments            = Source{Place: "changes[].comments", Instagram: "comments"}
	ofMentions            = Source{Place: "changes[].mentions", Instagram: "mentions"}
	ofProgram             = Source{}
	ofAnything            = Source{}
)

// pageChange is the source of what comes as a change of a page's field.
func pageChange(field string) Source {
	return Source{Place: "changes[]." + field, Page: field}
}
