package receiving

import "reflect"

// payloads says which payload the events of each type carry, in the order of the types' declaration. The documentation of
// the types says the same.
var payloads = []struct {
	t Type
	p Payload
}{
	{TypeSimpleText, (*Message)(nil)},
	{TypeQuickReply, (*Message)(nil)},
	{TypeImage, (*Message)(nil)},
	{TypeAudio, (*Message)(nil)},
	{TypeVideo, (*Message)(nil)},
	{TypeFile, (*Message)(nil)},
	{TypeLocation, (*Message)(nil)},
	{TypeSticker, (*Message)(nil)},
	{TypePostback, (*Postback)(nil)},
	{TypeAuthentication, (*Optin)(nil)},
	{TypeAccountLinking, (*AccountLinking)(nil)},
	{TypeDelivered, (*Delivery)(nil)},
	{TypeRead, (*Read)(nil)},
	{TypeEcho, (*Message)(nil)},
	{TypePersistentMenuOne, (*Postback)(nil)},
	{TypePersistentMenuTwo, (*Postback)(nil)},
	{TypePersistentMenuThree, (*Postback)(nil)},
	{TypePersistentMenuFour, (*Postback)(nil)},
	{TypePersistentMenuFive, (*Postback)(nil)},
	{TypeGetStartedButton, (*Postback)(nil)},
	{TypeFallback, (*Message)(nil)},
	{TypeTemplate, (*Message)(nil)},
	{TypeReel, (*Message)(nil)},
	{TypePost, (*Message)(nil)},
	{TypeAttachment, (*Message)(nil)},
	{TypeUnsupported, (*Message)(nil)},
	{TypeReaction, (*Reaction)(nil)},
	{TypeMessageEdit, (*MessageEdit)(nil)},
	{TypeMessageDeleted, (*Message)(nil)},
	{TypeReferral, (*Referral)(nil)},
	{TypeThreadControl, (*ThreadControl)(nil)},
	{TypePolicyEnforcement, (*PolicyEnforcement)(nil)},
	{TypeUnknown, (*Unknown)(nil)},
}

// Types returns all types that an event can have, which is every one but [TypeDefault], in the order of their declaration.
func Types() []Type {
	types := make([]Type, len(payloads))
	for i := range payloads {
		types[i] = payloads[i].t
	}
	return types
}

// Carries reports whether events of this type carry a payload of p's Go type, as in
//
//	receiving.TypeImage.Carries((*receiving.Message)(nil))
//
// p may be a nil pointer. [TypeDefault], which stands for every type, carries every payload.
func (t Type) Carries(p Payload) bool {
	if p == nil {
		return false
	}
	if t == TypeDefault {
		return true
	}
	for _, row := range payloads {
		if row.t == t {
			return reflect.TypeOf(row.p) == reflect.TypeOf(p)
		}
	}
	return false
}
