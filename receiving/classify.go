package receiving

import (
	"strings"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/receiving/payload"
)

// classify returns the receiving type of a payload of a page.
func classify(p Payload, pageID string) Type {
	switch p := p.(type) {
	case *Message:
		return classifyMessage(p)
	case *Postback:
		return classifyPostback(p)
	case *OptIn:
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
		return classifyGroupFeed(p, pageID)
	case *FeedChange:
		return classifyFeed(p, pageID)
	case *Mention:
		return classifyMention(p, pageID)
	case *InstagramComment:
		if p.From != nil && (p.From.ID == pageID || p.From.SelfIGScopedID != "") {
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
	case *Signal:
		return TypeSignal
	}
	return TypeUnknown
}

// classifyMessage goes by the first rule that holds. The first is that of echoes, so that the bot does not answer itself.
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
	}
	switch a := m.mainAttachment(); {
	case a != nil:
		return classifyAttachment(a.Type)
	case m.Text != "":
		return TypeSimpleText
	}
	return TypeUnsupported
}

func classifyAttachment(t attachment.Type) Type {
	switch t {
	case attachment.Image:
		return TypeImage
	case attachment.Audio:
		return TypeAudio
	case attachment.Video:
		return TypeVideo
	case attachment.File:
		return TypeFile
	case attachment.Sticker:
		return TypeSticker
	case attachment.Location:
		return TypeLocation
	case attachment.Fallback:
		return TypeFallback
	case attachment.Template:
		return TypeTemplate
	case attachment.Reel, attachment.IGReel:
		return TypeReel
	case attachment.Post, attachment.IGPost, attachment.Media:
		return TypePost
	case attachment.AppointmentBooking:
		return TypeAppointmentBooking
	case attachment.StoryMention:
		return TypeStoryMention
	case attachment.Story, attachment.IGStory:
		return TypeStory
	case attachment.Unsupported:
		return TypeUnsupported
	case attachment.Share:
		return TypeAttachment // it does not say what was shared
	}
	return TypeAttachment
}

// classifyPostback identifies the menu's items and Get Started by the kind of their payload.
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

// known reports whether the platform says who the author is.
func (a *Author) known() bool { return a != nil && a.ID != "" }

// classifyFeed separates what others have written from what the page did, so that the bot does not answer itself. Of what the page
// writes itself, the author may be missing.
func classifyFeed(f *FeedChange, pageID string) Type {
	if f.Verb != "add" || !f.From.known() || f.From.ID == pageID {
		return TypeFeed
	}
	switch {
	case f.Item == itemComment:
		return TypeComment
	case isPost(f.Item):
		return TypeVisitorPost
	}
	return TypeFeed
}

// itemComment is what the platform calls a comment on a feed.
const itemComment = "comment"

// isPost reports whether an item on a feed is a post of some kind.
func isPost(item string) bool {
	switch item {
	case "post", "status", "photo", "video", "share":
		return true
	}
	return false
}

// classifyMention separates new mentions by others from the rest. The platform often leaves the author out. Without one, what stands
// below a post of the page itself counts as the page's own: the feed has it too, with its author.
func classifyMention(m *Mention, pageID string) Type {
	author := ""
	if m.From != nil {
		author = m.From.ID
	}
	own := author == pageID || author == "" && strings.HasPrefix(m.PostID, pageID+"_")
	if m.Verb == "add" && !own && (m.Item == itemComment || isPost(m.Item)) {
		return TypeMention
	}
	return TypeMentionChange
}

// classifyGroupFeed does the same for groups. An older form of these events has no verb and is about what was written.
func classifyGroupFeed(g *GroupFeed, pageID string) Type {
	switch {
	case g.Verb != "" && g.Verb != "add":
		return TypeGroupFeedChange
	case !g.From.known() && g.PostID+g.CommentID != "":
		return TypeGroupFeedChange
	case g.From != nil && g.From.ID == pageID:
		return TypeGroupFeedChange
	case g.Item == "reaction" || g.Item == "like":
		return TypeGroupFeedChange
	}
	return TypeGroupFeed
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
