package receiving

import "github.com/djmessenger/messenger/receiving/payload"

// classify returns the receiving type of a payload of a page.
func classify(p Payload, page string) Type {
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
	case *CouponReveal:
		return TypeCouponReveal
	case *CustomerInformation:
		return TypeCustomerInformation
	case *Feedback:
		return TypeFeedback
	case *ResponseFeedback:
		return TypeResponseFeedback
	case *Order:
		return TypeOrder
	case *LeadForm:
		return TypeLeadForm
	case *GamePlay:
		return TypeGamePlay
	case *CallPermissionReply:
		return TypeCallPermissionReply
	case *Call:
		return TypeCall
	case *GroupFeed:
		return TypeGroupFeed
	case *FeedChange:
		return classifyFeed(p, page)
	case *InstagramComment:
		if p.From != nil && p.From.ID == page {
			return TypeInstagramCommentEcho
		}
		return TypeInstagramComment
	case *InstagramMention:
		return TypeInstagramMention
	case *InboxLabel:
		return TypeInboxLabel
	case *MarketingMessage:
		return classifyMarketing(p)
	case *MessageTemplateStatus:
		return TypeMessageTemplateStatus
	case *BusinessIntegrity:
		return TypeBusinessIntegrity
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
	case AttachmentAppointmentBooking:
		return TypeAppointmentBooking
	case AttachmentStoryMention:
		return TypeStoryMention
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

// classifyFeed tells what others have written from the page's own doings, lest the bot answer itself.
func classifyFeed(f *FeedChange, page string) Type {
	if f.Verb != "add" || f.From != nil && f.From.ID == page {
		return TypeFeed
	}
	switch f.Item {
	case "comment":
		return TypeComment
	case "post", "status", "photo", "video", "share":
		if f.From != nil { // of a page's own posts the author may be left out
			return TypeVisitorPost
		}
	}
	return TypeFeed
}

func classifyMarketing(m *MarketingMessage) Type {
	switch m.Field {
	case "marketing_message_echoes":
		return TypeMarketingMessageEcho
	case "marketing_message_deliveries":
		return TypeMarketingMessageDelivered
	case "marketing_message_reads":
		return TypeMarketingMessageRead
	case "marketing_message_clicks":
		return TypeMarketingMessageClicked
	}
	return TypeMarketingMessageFailed
}
