package receiving

// Type is a receiving type: what kind of event it is, as far as routing goes.
type Type string

// The receiving types. Each names the payload that its events carry.
const (
	// TypeSimpleText is a text message. Payload: [*Message].
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
	// TypeAuthentication is an opt-in through a plugin. Payload: [*Optin].
	TypeAuthentication Type = "AUTHENTICATION"
	// TypeAccountLinking is a person who linked or unlinked their account.
	// Payload: [*AccountLinking].
	TypeAccountLinking Type = "ACCOUNT_LINKING"
	// TypeDelivered says that messages of the page were delivered. It is no
	// act. Payload: [*Delivery].
	TypeDelivered Type = "DELIVERED"
	// TypeRead says that the person has read. It is no act. Payload: [*Read].
	TypeRead Type = "READ"
	// TypeEcho is a message that the page sent, by this app, another app or a
	// human in the page's inbox. It is no act. Payload: [*Message].
	TypeEcho Type = "ECHO"
	// TypeDefault is no real type: it is the policy's entry for every type.
	TypeDefault Type = "DEFAULT"
	// TypePersistentMenuOne to TypePersistentMenuFive are taps on an item of
	// the persistent menu, by its position. Payload: [*Postback].
	TypePersistentMenuOne   Type = "PERSISTENT_MENU_ONE"
	TypePersistentMenuTwo   Type = "PERSISTENT_MENU_TWO"
	TypePersistentMenuThree Type = "PERSISTENT_MENU_THREE"
	TypePersistentMenuFour  Type = "PERSISTENT_MENU_FOUR"
	TypePersistentMenuFive  Type = "PERSISTENT_MENU_FIVE"
	// TypeGetStartedButton is a tap on Get Started. Payload: [*Postback].
	TypeGetStartedButton Type = "GET_STARTED_BUTTON"

	// TypeFallback is a message whose first attachment is a shared link or
	// something that the platform could not show. Payload: [*Message].
	TypeFallback Type = "FALLBACK"
	// TypeTemplate is a message whose first attachment is a template, such as
	// a product. Payload: [*Message].
	TypeTemplate Type = "TEMPLATE"
	// TypeReel is a message whose first attachment is a shared reel, of
	// Facebook or Instagram. Payload: [*Message].
	TypeReel Type = "REEL"
	// TypePost is a message whose first attachment is a shared post, of
	// Facebook or Instagram. Payload: [*Message].
	TypePost Type = "POST"
	// TypeAttachment is a message whose first attachment is of a kind that this
	// library does not know. Payload: [*Message].
	TypeAttachment Type = "ATTACHMENT"
	// TypeUnsupported is a message whose content the platform does not pass
	// on. Payload: [*Message].
	TypeUnsupported Type = "UNSUPPORTED"
	// TypeReaction is a reaction to a message, or its removal. Payload: [*Reaction].
	TypeReaction Type = "REACTION"
	// TypeMessageEdit is a message that the person has changed. Payload: [*MessageEdit].
	TypeMessageEdit Type = "MESSAGE_EDIT"
	// TypeMessageDeleted is a message that the person has taken back. It is no
	// act. Payload: [*Message].
	TypeMessageDeleted Type = "MESSAGE_DELETED"
	// TypeReferral is a person who came to an existing conversation through a
	// link or an ad. Payload: [*Referral].
	TypeReferral Type = "REFERRAL"
	// TypeThreadControl is a conversation that changed hands between apps. It
	// is no act. Payload: [*ThreadControl].
	TypeThreadControl Type = "THREAD_CONTROL"
	// TypePolicyEnforcement is the platform's warning to, or blocking of, the
	// page. It is no act. Payload: [*PolicyEnforcement].
	TypePolicyEnforcement Type = "POLICY_ENFORCEMENT"
	// TypeUnknown is what this library does not know. It is no act. Payload:
	// [*Unknown].
	TypeUnknown Type = "UNKNOWN"
)

// IsAct reports whether events of this type are acts of a person, which may be
// answered.
func (t Type) IsAct() bool {
	switch t {
	case TypeDelivered, TypeRead, TypeEcho, TypeMessageDeleted,
		TypeThreadControl, TypePolicyEnforcement, TypeUnknown, TypeDefault:
		return false
	}
	return true
}
