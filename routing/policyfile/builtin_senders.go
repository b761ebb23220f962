package policyfile

import (
	"time"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/sending"
)

type afterArgs struct {
	Delay  time.Duration  `doc:"How long the messages wait, at most 30 days." required:"true"`
	Sender sending.Sender `doc:"What composes the messages."                  required:"true"`
}

type publicArgs struct {
	Sender sending.Sender `doc:"What composes the messages." required:"true"`
}

type typingArgs struct {
	Senders []sending.Sender `doc:"What composes the messages, in order." required:"true"`
	Pace    sending.Pace     `doc:"How fast they are typed."`
}

type simpleMessageArgs struct {
	Text string `doc:"The text, which is also looked up as a message id. Placeholders such as %{first_name|there} are filled in." required:"true"`
}

type senderActionArgs struct {
	Action string `doc:"The sender action." oneof:"typing_on,typing_off,mark_seen,react,unreact" required:"true"`
	Emoji  string `doc:"What react shows."`
}

type multimediaArgs struct {
	Type         string `doc:"The kind of media."                          oneof:"image,audio,video,file" required:"true"`
	URL          string `doc:"Where the platform fetches it."`
	AttachmentID string `doc:"What was uploaded before, instead of a URL."`
	Reusable     bool   `doc:"Keep what is at the URL."`
}

func addSenders(r *Registry) {
	Sender(r, "SimpleMessage", func(a simpleMessageArgs) (sending.Sender, error) {
		s := sending.SimpleMessage(a)
		return s, s.Validate()
	}, Doc("Sends a text, translated, after the bot's prefix."),
		Dump(func(s sending.SimpleMessage) (simpleMessageArgs, bool) { return simpleMessageArgs(s), true }))
	senderOf[sending.Default](r, "Default", "Sends the bot's default text.")
	Sender(r, "SenderAction", func(a senderActionArgs) (sending.Sender, error) {
		s := sending.SenderAction{Action: sending.Action(a.Action), Emoji: a.Emoji}
		return s, s.Validate()
	}, Doc("Sends a sender action: the typing mark, the read mark, a reaction."),
		Dump(func(s sending.SenderAction) (senderActionArgs, bool) {
			return senderActionArgs{Action: string(s.Action), Emoji: s.Emoji}, true
		}))
	Sender(r, "Multimedia", func(a multimediaArgs) (sending.Sender, error) {
		s := multimedia(a)
		return s, s.Validate()
	}, Doc("Sends an image, a sound, a video or a file."),
		Dump(func(s sending.Multimedia) (multimediaArgs, bool) {
			return multimediaArgs{Type: string(s.Type), URL: s.URL, AttachmentID: s.AttachmentID, Reusable: s.Reusable}, true
		}))
	senderOf[sending.LongText](r, "LongText", "Sends a text of any length, in as many messages as it takes.")
	senderOf[sending.QuickReplies](r, "QuickReplies", "Sends a text or an attachment with up to 13 quick replies.")
	senderOf[sending.Images](r, "Images", "Sends several images in one message.")
	senderOf[sending.Sticker](r, "Sticker", "Sends a sticker by its number.")
	Sender(r, "Message", func(m sending.Message) (sending.Sender, error) { return m, m.Validate("") },
		Doc("Sends a message of the Send API as it is, without translation."), Dump(itself[sending.Message]))
	Sender(r, "After", func(a afterArgs) (sending.Sender, error) {
		s := sending.Delayed(a)
		return s, s.Validate()
	}, Doc("Lets the messages of another sender wait."),
		Dump(func(s sending.Delayed) (afterArgs, bool) { return afterArgs(s), true }))
	Sender(r, "Public", func(a publicArgs) (sending.Sender, error) {
		s := sending.Public(a)
		return s, s.Validate()
	}, Doc("Answers a comment, a post or a mention where everyone can read it."),
		Dump(func(s sending.Public) (publicArgs, bool) { return publicArgs(s), true }))
	Sender(r, "Typing", func(a typingArgs) (sending.Sender, error) {
		s := sending.Typing(a)
		return s, s.Validate()
	}, Doc("Sends the messages of other senders as if they were typed."),
		Dump(func(s sending.Typing) (typingArgs, bool) { return typingArgs(s), true }))
}

func multimedia(a multimediaArgs) sending.Multimedia {
	return sending.Multimedia{Type: attachment.Type(a.Type), URL: a.URL, AttachmentID: a.AttachmentID, Reusable: a.Reusable}
}

func addTemplates(r *Registry) {
	senderOf[sending.Buttons](r, "Buttons", "Sends a text with one to three buttons.")
	senderOf[sending.GenericTemplate](r, "GenericTemplate", "Sends a card, or up to ten side by side.")
	senderOf[sending.MediaTemplate](r, "MediaTemplate", "Sends an image or a video with a button.")
	senderOf[sending.ReceiptTemplate](r, "ReceiptTemplate", "Sends the receipt of an order.")
	senderOf[sending.ProductTemplate](r, "ProductTemplate", "Sends products of a catalogue.")
	senderOf[sending.CouponTemplate](r, "CouponTemplate", "Sends a coupon.")
	senderOf[sending.ImageGridTemplate](r, "ImageGridTemplate", "Sends images side by side.")
	senderOf[sending.CustomerFeedbackTemplate](r, "CustomerFeedbackTemplate", "Asks for feedback.")
	senderOf[sending.CustomerInformationTemplate](r, "CustomerInformationTemplate", "Asks for the person's address and contact.")
	senderOf[sending.UtilityTemplate](r, "UtilityTemplate", "Sends a utility template that the platform has approved.")
	senderOf[sending.NotificationMessagesTemplate](r, "NotificationMessagesTemplate", "Asks for the permission to send notifications.")
}
