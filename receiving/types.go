package receiving

import "reflect"

// rows says what events of each type carry and where they come from, in the order of the types' declaration. The documentation
// of the types says the same, and docs/events.md is made from it.
var rows = []struct {
	t Type
	p Payload
	s Source
}{
	{TypeSimpleText, (*Message)(nil), ofMessages},
	{TypeQuickReply, (*Message)(nil), ofMessages},
	{TypeImage, (*Message)(nil), ofMessages},
	{TypeAudio, (*Message)(nil), ofMessages},
	{TypeVideo, (*Message)(nil), ofMessages},
	{TypeFile, (*Message)(nil), ofMessages},
	{TypeLocation, (*Message)(nil), ofMessages},
	{TypeSticker, (*Message)(nil), ofPageMessages},
	{TypePostback, (*Postback)(nil), ofPostbacks},
	{TypeAuthentication, (*OptIn)(nil), ofOptins},
	{TypeAccountLinking, (*AccountLinking)(nil), ofAccountLinking},
	{TypeDelivered, (*Delivery)(nil), ofDeliveries},
	{TypeRead, (*Read)(nil), ofReads},
	{TypeEcho, (*Message)(nil), ofEchoes},
	{TypePersistentMenuOne, (*Postback)(nil), ofPostbacks},
	{TypePersistentMenuTwo, (*Postback)(nil), ofPostbacks},
	{TypePersistentMenuThree, (*Postback)(nil), ofPostbacks},
	{TypePersistentMenuFour, (*Postback)(nil), ofPostbacks},
	{TypePersistentMenuFive, (*Postback)(nil), ofPostbacks},
	{TypeGetStartedButton, (*Postback)(nil), ofPostbacks},
	{TypeFallback, (*Message)(nil), ofPageMessages},
	{TypeTemplate, (*Message)(nil), ofPageMessages},
	{TypeReel, (*Message)(nil), ofMessages},
	{TypePost, (*Message)(nil), ofMessages},
	{TypeAttachment, (*Message)(nil), ofMessages},
	{TypeUnsupported, (*Message)(nil), ofMessages},
	{TypeReaction, (*Reaction)(nil), ofReactions},
	{TypeMessageEdit, (*MessageEdit)(nil), ofEdits},
	{TypeMessageDeleted, (*Message)(nil), ofInstagramMessages},
	{TypeReferral, (*Referral)(nil), ofReferrals},
	{TypeThreadControl, (*ThreadControl)(nil), ofHandovers},
	{TypePolicyEnforcement, (*PolicyEnforcement)(nil), ofPolicy},
	{TypeAppointmentBooking, (*Message)(nil), ofPageMessages},
	{TypeStoryMention, (*Message)(nil), ofInstagramMessages},
	{TypeStory, (*Message)(nil), ofInstagramMessages},
	{TypeCouponReveal, (*CouponReveal)(nil), ofCoupons},
	{TypeCustomerInformation, (*CustomerInformation)(nil), ofCustomerInformation},
	{TypeFeedback, (*Feedback)(nil), ofFeedback},
	{TypeResponseFeedback, (*ResponseFeedback)(nil), ofResponseFeedback},
	{TypeOrder, (*Order)(nil), ofCarts},
	{TypeLeadForm, (*LeadForm)(nil), ofLeadForms},
	{TypeGamePlay, (*GamePlay)(nil), ofGamePlays},
	{TypeCallPermissionReply, (*CallPermissionReply)(nil), ofCallPermissions},
	{TypeCall, (*Call)(nil), ofCalls},
	{TypeComment, (*FeedChange)(nil), ofFeed},
	{TypeVisitorPost, (*FeedChange)(nil), ofFeed},
	{TypeFeed, (*FeedChange)(nil), ofFeed},
	{TypeGroupFeed, (*GroupFeed)(nil), ofGroups},
	{TypeGroupFeedChange, (*GroupFeed)(nil), ofGroups},
	{TypeMention, (*Mention)(nil), ofPageMentions},
	{TypeMentionChange, (*Mention)(nil), ofPageMentions},
	{TypeInstagramComment, (*InstagramComment)(nil), ofComments},
	{TypeInstagramCommentEcho, (*InstagramComment)(nil), ofComments},
	{TypeInstagramMention, (*InstagramMention)(nil), ofMentions},
	{TypeInboxLabel, (*InboxLabel)(nil), ofLabels},
	{TypeMarketingMessageEcho, (*MarketingMessage)(nil), pageChange("marketing_message_echoes")},
	{TypeMarketingMessageDelivered, (*MarketingMessage)(nil), pageChange("marketing_message_deliveries")},
	{TypeMarketingMessageRead, (*MarketingMessage)(nil), pageChange("marketing_message_reads")},
	{TypeMarketingMessageClicked, (*MarketingMessage)(nil), pageChange("marketing_message_clicks")},
	{TypeMarketingMessageFailed, (*MarketingMessage)(nil), pageChange("marketing_message_delivery_failed")},
	{TypeMessageTemplateStatus, (*MessageTemplateStatus)(nil), pageChange("message_template_status_update")},
	{TypeBusinessIntegrity, (*BusinessIntegrity)(nil), pageChange("business_integrity")},
	{TypeSignal, (*Signal)(nil), ofProgram},
	{TypeUnknown, (*Unknown)(nil), ofAnything},
}

// Types returns all types that an event can have, which is every one but [TypeDefault], [TypeTap] and [TypeDialog], in the order of their declaration.
func Types() []Type {
	types := make([]Type, len(rows))
	for i := range rows {
		types[i] = rows[i].t
	}
	return types
}

// Carries reports whether events of this type carry a payload of p's Go type, as in
//
//	receiving.TypeImage.Carries((*receiving.Message)(nil))
//
// p may be a nil pointer. [TypeDefault], [TypeTap] and [TypeDialog], which stand for several types, carry what one of those carries.
func (t Type) Carries(p Payload) bool {
	if p == nil {
		return false
	}
	if t == TypeDefault || t == TypeDialog {
		return true
	}
	for _, row := range rows {
		if t == TypeTap && row.t.IsTap() && reflect.TypeOf(row.p) == reflect.TypeOf(p) {
			return true
		}
		if row.t == t {
			return reflect.TypeOf(row.p) == reflect.TypeOf(p)
		}
	}
	return false
}
