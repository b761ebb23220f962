package receiving

import "github.com/djmessenger/messenger/receiving/payload"

// classify returns the receiving type of a payload.
func classify(p Payload) Type {
	switch p := p.(type) {
	case *Message:
		return classifyMessage(p)
	case *Postback:
		return classifyPostback(p)
	case *Optin:
		return TypeAuthentication
	case *AccountLinking:
		return TypeAccountLinking
	case *Delivery:
		return TypeDelivered
	case *Read:
		return TypeRead
	case *Reaction:
		return TypeReaction
	case *MessageEdit:
		return TypeMessageEdit
	case *Referral:
		return TypeReferral
	case *ThreadControl:
		return TypeThreadControl
	case *PolicyEnforcement:
		return TypePolicyEnforcement
	}
	return TypeUnknown
}

// classifyMessage goes by the first rule that holds. That it is an echo is asked first, lest the bot answer itself.
func classifyMessage(m *Message) Type {
	_, sticker := m.Sticker()
	switch {
	case m.IsEcho:
		return TypeEcho
	case m.IsDeleted:
		return TypeMessageDeleted
	case m.QuickReply != nil && m.QuickReply.Payload != "":
		return TypeQuickReply
	case sticker:
		return TypeSticker
	case len(m.Attachments) > 0:
		return classifyAttachment(m.Attachments[0].Type)
	case m.Text != "":
		return TypeSimpleText
	}
	return TypeUnsupported
}

func classifyAttachment(t AttachmentType) Type {
	switch t {
	case AttachmentImage:
		return TypeImage
	case AttachmentAudio:
		return TypeAudio
	case AttachmentVideo:
		return TypeVideo
	case AttachmentFile:
		return TypeFile
	case AttachmentSticker:
		return TypeSticker
	case AttachmentLocation:
		return TypeLocation
	case AttachmentFallback:
		return TypeFallback
	case AttachmentTemplate:
		return TypeTemplate
	case AttachmentReel, AttachmentIGReel:
		return TypeReel
	case AttachmentPost, AttachmentIGPost:
		return TypePost
	}
	return TypeAttachment
}

// classifyPostback tells the menu's items and Get Started by the kind of their payload.
func classifyPostback(p *Postback) Type {
	name, _ := payload.KindOf(p.Payload)
	switch name {
	case payload.PersistentMenuOne:
		return TypePersistentMenuOne
	case payload.PersistentMenuTwo:
		return TypePersistentMenuTwo
	case payload.PersistentMenuThree:
		return TypePersistentMenuThree
	case payload.PersistentMenuFour:
		return TypePersistentMenuFour
	case payload.PersistentMenuFive:
		return TypePersistentMenuFive
	case payload.GetStartedButton:
		return TypeGetStartedButton
	}
	return TypePostback
}
