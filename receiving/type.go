package receiving

// Type is a receiving type: what kind of event it is, as far as routing goes.
type Type string

// The receiving types. Each names the payload that its events carry.
const (
	// TypeSimpleText is a text message. A preview of a link in the text makes
	// no difference. Payload: [*Message].
	TypeSimpleText Type = "SIMPLE_TEXT"
	// TypeQuickReply is a tap on a quick reply. Payload: [*Message].
	TypeQuickReply Type = "QUICK_REPLY"
	// TypeImage is a message whose first attachment is an image. Payload: [*Message].
	TypeImage Type = "IMAGE"
	// TypeAudio is a message whose first attachment is a sound. Payload: [*Message].
	TypeAudio Type = "AUDIO"
	// TypeVideo is a message whose first attachment is a video. Payload: [*Message].
	TypeVideo Type = "VIDEO"
	// TypeFile is a message whose first attachment is a file. Payload: [*Message].
	TypeFile Type = "FILE"
	// TypeLocation is a message whose first attachment is a location. Messenger
	// has sent none since 2020; Instagram and old clients may. Payload: [*Message].
	TypeLocation Type = "LOCATION"
	// TypeSticker is a message with a sticker, the thumb among them. Payload: [*Message].
	TypeSticker Type = "STICKER"
	// TypePostback is a tap on a button. Payload: [*Postback].
	TypePostback Type = "POSTBACK"
	// TypeAuthentication is an opt-in: through a plugin, or to notifications, or
	// the end of one ([OptIn.Stops]). Payload: [*OptIn].
	TypeAuthentication Type = "AUTHENTICATION"
	// TypeAccountLinking is a person who linked or unlinked their account.
	// Payload: [*AccountLinking].
	TypeAccountLinking Type = "ACCOUNT_LINKING"
	// TypeDelivered reports that messages of the page were delivered. It is no
	// act. Payload: [*Delivery].
	TypeDelivered Type = "DELIVERED"
	// TypeRead reports that the person has read messages. It is no act. Payload: [*Read].
	TypeRead Type = "READ"
	// TypeEcho is a message that the page sent, by this app, another app or a
	// human in the page's inbox. It is no act. Payload: [*Message].
	TypeEcho Type = "ECHO"
	// TypeDefault is no real type: it is the policy's entry for every type.
	TypeDefault Type = "DEFAULT"
	// TypeTap is no real type: it is the policy's entry for every tap, on a quick
	// reply, a button, an item of the persistent menu or Get Started; see [Type.IsTap].
	TypeTap Type = "TAP"
	// TypeDialog is no real type: it is the policy's entry for dialogs, such as those of
	// package dialog. They come after the routes under [TypeDefault] and before those under
	// the event's own type.
	TypeDialog Type = "DIALOG"
	// TypePersistentMenuOne to TypePersistentMenuFive are taps on an item of
	// the persistent menu that has no payload of its own, by its position; with
	// one it is a TypePostback. Payload: [*Postback].
	TypePersistentMenuOne   Type = "PERSISTENT_MENU_ONE"
	TypePersistentMenuTwo   Type = "PERSISTENT_MENU_TWO"
	TypePersistentMenuThree Type = "PERSISTENT_MENU_THREE"
	TypePersistentMenuFour  Type = "PERSISTENT_MENU_FOUR"
	TypePersistentMenuFive  Type = "PERSISTENT_MENU_FIVE"
	// TypeGetStartedButton is a tap on Get Started, if that has no payload of
	// its own; with one it is a TypePostback. Payload: [*Postback].
	TypeGetStartedButton Type = "GET_STARTED_BUTTON"

	// TypeFallback is a message whose first attachment is a shared link, other
	// than a preview of a link in the text, or something that the platform could
	// not show. It may have a text. Payload: [*Message].
	TypeFallback Type = "FALLBACK"
	// TypeTemplate is a message whose first attachment is a template, such as
	// a product. Payload: [*Message].
	TypeTemplate Type = "TEMPLATE"
	// TypeReel is a message whose first attachment is a shared reel, of
	// Facebook or Instagram. Payload: [*Message].
	TypeReel Type = "REEL"
	// TypePost is a message whose first attachment is a shared post, of
	// Facebook or Instagram. It may have a text. Payload: [*Message].
	TypePost Type = "POST"
	// TypeAttachment is a message whose first attachment is of a kind that has no
	// type of its own, such as Instagram's "share", which does not say what was
	// shared, and kinds that this library does not know. Payload: [*Message].
	TypeAttachment Type = "ATTACHMENT"
	// TypeUnsupported is a message whose content the platform does not pass
	// on. Payload: [*Message].
	TypeUnsupported Type = "UNSUPPORTED"
	// TypeReaction is a reaction to a message, or its removal. Payload: [*Reaction].
	TypeReaction Type = "REACTION"
	// TypeMessageEdit is a message that the person has changed; what has changed
	// nothing (num_edit 0) is a TypeUnknown. Payload: [*MessageEdit].
	TypeMessageEdit Type = "MESSAGE_EDIT"
	// TypeMessageDeleted is a message that the person has unsent. It is no
	// act. Payload: [*Message].
	TypeMessageDeleted Type = "MESSAGE_DELETED"
	// TypeReferral is a person who came to an existing conversation through a
	// link or an ad, or who filled in a lead ad's form. Payload: [*Referral].
	TypeReferral Type = "REFERRAL"
	// TypeThreadControl is a change of the app that controls the conversation. It
	// is no act. Payload: [*ThreadControl].
	TypeThreadControl Type = "THREAD_CONTROL"
	// TypePolicyEnforcement is the platform's warning to, or blocking of, the
	// page. It is no act. Payload: [*PolicyEnforcement].
	TypePolicyEnforcement Type = "POLICY_ENFORCEMENT"
	// TypeAppointmentBooking is a message with an appointment, which was requested
	// or changed. Payload: [*Message].
	TypeAppointmentBooking Type = "APPOINTMENT_BOOKING"
	// TypeStoryMention is a mention of the account in an Instagram story, which
	// comes as a message. Payload: [*Message].
	TypeStoryMention Type = "STORY_MENTION"
	// TypeStory is a message whose first attachment is a shared Instagram story.
	// Payload: [*Message].
	TypeStory Type = "STORY"
	// TypeCouponReveal is a tap on "Reveal code" of a coupon. Payload:
	// [*CouponReveal].
	TypeCouponReveal Type = "COUPON_REVEAL"
	// TypeCustomerInformation is a customer information form that the person has
	// filled in. Payload: [*CustomerInformation].
	TypeCustomerInformation Type = "CUSTOMER_INFORMATION"
	// TypeFeedback is an answer to a customer feedback template. Payload:
	// [*Feedback].
	TypeFeedback Type = "FEEDBACK"
	// TypeResponseFeedback is a thumb up or down on a message of the page.
	// Payload: [*ResponseFeedback].
	TypeResponseFeedback Type = "RESPONSE_FEEDBACK"
	// TypeOrder is a cart that the person has sent. Payload: [*Order].
	TypeOrder Type = "ORDER"
	// TypeLeadForm is an instant form that the person has filled in. Payload:
	// [*LeadForm].
	TypeLeadForm Type = "LEAD_FORM"
	// TypeGamePlay is a round of an Instant Game that the person has played.
	// Payload: [*GamePlay].
	TypeGamePlay Type = "GAME_PLAY"
	// TypeCallPermissionReply is the answer to the question whether the page may
	// call. Payload: [*CallPermissionReply].
	TypeCallPermissionReply Type = "CALL_PERMISSION_REPLY"
	// TypeCall is a step of a call, which the calling API answers. It is no act.
	// Payload: [*Call].
	TypeCall Type = "CALL"
	// TypeComment is a new comment on the page's feed that is not the page's own.
	// One without an author counts as the page's own. It has no person: it is
	// answered by a private reply to the comment, or by a public one. Payload:
	// [*FeedChange].
	TypeComment Type = "COMMENT"
	// TypeVisitorPost is a new post on the page's feed that is not the page's own.
	// It has no person: it is answered by a private reply to the post, or by a public
	// one. Payload: [*FeedChange].
	TypeVisitorPost Type = "VISITOR_POST"
	// TypeFeed is all else that happens on the page's feed: reactions, changes,
	// removals, and what the page itself writes. It is no act. Payload:
	// [*FeedChange].
	TypeFeed Type = "FEED"
	// TypeGroupFeed is something that others than the page have written in a
	// group. It has no person: it is answered by a private reply. Payload:
	// [*GroupFeed].
	TypeGroupFeed Type = "GROUP_FEED"
	// TypeGroupFeedChange is all else that happens in a group: what the page itself
	// writes, changes, removals and reactions. It is no act. Payload: [*GroupFeed].
	TypeGroupFeedChange Type = "GROUP_FEED_CHANGE"
	// TypeMention is a new mention of the page in a comment or post anywhere that is
	// not the page's own. Without an author, a mention below a post of the page
	// counts as the page's own. It has no person: it is answered by a public reply.
	// Payload: [*Mention].
	TypeMention Type = "MENTION"
	// TypeMentionChange is all else that the platform says of mentions of the page:
	// edits, removals, and what the page itself writes. It is no act. Payload:
	// [*Mention].
	TypeMentionChange Type = "MENTION_CHANGE"
	// TypeInstagramComment is a comment on the Instagram account's media or live
	// video. It has no person: it is answered by a private reply to the comment, or,
	// unless the video is live, by a public one. Payload: [*InstagramComment].
	TypeInstagramComment Type = "INSTAGRAM_COMMENT"
	// TypeInstagramCommentEcho is a comment that the Instagram account itself has
	// written. It is no act. Its person is the account as a person, if the platform
	// says who that is. Payload: [*InstagramComment].
	TypeInstagramCommentEcho Type = "INSTAGRAM_COMMENT_ECHO"
	// TypeInstagramMention is a mention of the Instagram account in a comment or
	// caption. It has no person: it is answered by a public reply. Payload: [*InstagramMention].
	TypeInstagramMention Type = "INSTAGRAM_MENTION"
	// TypeInboxLabel is a label that was put on the person, or taken off. It is no
	// act. Payload: [*InboxLabel].
	TypeInboxLabel Type = "INBOX_LABEL"
	// TypeMarketingMessageEcho is a marketing message that was sent. It is no act.
	// Payload: [*MarketingMessage].
	TypeMarketingMessageEcho Type = "MARKETING_MESSAGE_ECHO"
	// TypeMarketingMessageDelivered reports that a marketing message was delivered.
	// It is no act. Payload: [*MarketingMessage].
	TypeMarketingMessageDelivered Type = "MARKETING_MESSAGE_DELIVERED"
	// TypeMarketingMessageRead reports that a marketing message was read. It is no
	// act. Payload: [*MarketingMessage].
	TypeMarketingMessageRead Type = "MARKETING_MESSAGE_READ"
	// TypeMarketingMessageClicked reports that the link of a marketing message was opened.
	// It is no act. Payload: [*MarketingMessage].
	TypeMarketingMessageClicked Type = "MARKETING_MESSAGE_CLICKED"
	// TypeMarketingMessageFailed reports that a marketing message could not be
	// delivered. It is no act. Payload: [*MarketingMessage].
	TypeMarketingMessageFailed Type = "MARKETING_MESSAGE_FAILED"
	// TypeMessageTemplateStatus is the platform's decision on a utility template. It
	// is no act. Payload: [*MessageTemplateStatus].
	TypeMessageTemplateStatus Type = "MESSAGE_TEMPLATE_STATUS"
	// TypeBusinessIntegrity is the platform's decision on rules that the business
	// broke. It is no act. Payload: [*BusinessIntegrity].
	TypeBusinessIntegrity Type = "BUSINESS_INTEGRITY"
	// TypeSignal is a signal: an event that the program itself raised, now or by a timer.
	// It is no act. The routes under DEFAULT run for it only if they ask to. Payload: [*Signal].
	TypeSignal Type = "SIGNAL"
	// TypeUnknown is an event of a kind that this library does not know. It is no act. Payload:
	// [*Unknown].
	TypeUnknown Type = "UNKNOWN"
)

// IsAct reports whether events of this type are acts of a person, which may be
// answered.
func (t Type) IsAct() bool {
	switch t {
	case TypeDelivered, TypeRead, TypeEcho, TypeMessageDeleted,
		TypeThreadControl, TypePolicyEnforcement, TypeCall, TypeFeed, TypeGroupFeedChange, TypeMentionChange, TypeInstagramCommentEcho, TypeInboxLabel,
		TypeMarketingMessageEcho, TypeMarketingMessageDelivered, TypeMarketingMessageRead, TypeMarketingMessageClicked,
		TypeMarketingMessageFailed, TypeMessageTemplateStatus, TypeBusinessIntegrity, TypeSignal, TypeUnknown, TypeDefault, TypeTap, TypeDialog:
		return false
	}
	return true
}

// IsTap reports whether events of this type are taps that send back a payload of
// the developer's: [TypeQuickReply], [TypePostback], [TypePersistentMenuOne] to
// [TypePersistentMenuFive] and [TypeGetStartedButton]. A policy's entry [TypeTap]
// stands for all of them.
func (t Type) IsTap() bool {
	switch t {
	case TypeQuickReply, TypePostback, TypeGetStartedButton,
		TypePersistentMenuOne, TypePersistentMenuTwo, TypePersistentMenuThree, TypePersistentMenuFour, TypePersistentMenuFive:
		return true
	}
	return false
}
