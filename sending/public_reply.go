package sending

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// The lengths, in characters, that the products take of a comment. The platform
// documents neither; these are what its own clients take.
const (
	MaxComment          = 8000
	MaxCommentInstagram = 2200
)

// PublicReply says where a message goes that everyone can read: below a comment or
// a post. The zero value stands for what the event is about, in answer to a comment,
// a visitor's post or a mention. Set on a Facebook page exactly one of CommentID and
// PostID; on Instagram CommentID for a comment on the account's own media, and
// MediaID for a mention, with CommentID if a comment has it and not the caption.
//
// A public reply is a text. It opens no conversation, needs no messaging window and
// has no echo. The platform has no idempotency key for it: after an unknown outcome
// the bot looks for the reply below its target before it posts it again, and does
// not post an answer to a mention on Instagram again, since it cannot look for that.
//
// https://developers.facebook.com/docs/graph-api/reference/object/comments
//
// https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-comment/replies
//
// https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/mentions
type PublicReply struct {
	// Object is the product. Default: that of the event; outside of a turn,
	// receiving.ObjectPage.
	Object receiving.Object `json:"object,omitempty"`
	// CommentID is the comment that is answered.
	CommentID string `json:"comment_id,omitempty"`
	// PostID is the Facebook post that is answered.
	PostID string `json:"post_id,omitempty"`
	// MediaID is the Instagram media with the mention.
	MediaID string `json:"media_id,omitempty"`
}

// named reports whether the target is named.
func (p PublicReply) named() bool { return p.CommentID+p.PostID+p.MediaID != "" }

// Publicly returns a copy that everyone can read, below the comment, post or mention
// that the event is about. See [PublicReply].
func (m Message) Publicly() Message { return m.PubliclyTo(PublicReply{}) }

// PubliclyTo returns a copy that everyone can read, below a comment or a post of the
// program's choice.
func (m Message) PubliclyTo(target PublicReply) Message {
	m.Public = &target
	return m
}

// Publicly makes a sender whose messages everyone can read, below the comment, post
// or mention that is answered. Without it a comment is answered by a private reply.
func Publicly(sender Sender) Sender { return Public{sender} }

// Public is a sender whose messages everyone can read; see [Publicly].
type Public struct{ Sender Sender }

// String returns how it is made in Go.
func (p Public) String() string { return fmt.Sprintf("sending.Publicly(%s)", nameOf(p.Sender)) }

// TextRefs returns the texts that its sender translates.
func (p Public) TextRefs() []i18n.TextRef {
	refs := i18n.TextRefsOf("", p.Sender)
	for i := range refs {
		if refs[i].Limit == MaxText {
			refs[i].Limit = MaxComment
		}
	}
	return refs
}

// Compose makes the messages of Sender public.
func (p Public) Compose(ctx context.Context, ev *receiving.Event) ([]Message, error) {
	composed, err := p.Sender.Compose(context.WithValue(ctx, publicKey{}, true), ev)
	messages := make([]Message, len(composed))
	for i, m := range composed {
		if m.Public == nil {
			m = m.Publicly()
		}
		messages[i] = m
	}
	return messages, err
}

// Validate reports a sender that cannot be public, and what Sender reports.
func (p Public) Validate() error {
	switch s := p.Sender.(type) {
	case nil:
		return &FieldError{Problem: "Publicly has no sender"}
	case Typing, *Typing, SenderAction, *SenderAction:
		return &FieldError{Problem: "a sender action goes to a person, and is not public"}
	case Delayed:
		if err := (Public{s.Sender}).Validate(); err != nil {
			return err
		}
	case *Delayed:
		if err := (Public{s.Sender}).Validate(); err != nil {
			return err
		}
	case Message:
		return s.Publicly().Validate("")
	}
	return validateSender(p.Sender)
}

// checkPublic checks a public reply, which is a text and nothing else.
func (m Message) checkPublic(c *check) {
	p := *m.Public
	object := p.Object
	if object == "" {
		object = c.object
	}
	switch {
	case !p.named():
	case object == receiving.ObjectInstagram && p.PostID != "":
		c.fail("public.post_id", "is Facebook's; Instagram has comment_id and media_id")
	case object == receiving.ObjectPage && p.MediaID != "":
		c.fail("public.media_id", "is Instagram's; a Facebook page has comment_id and post_id")
	case p.PostID != "" && p.CommentID+p.MediaID != "":
		c.fail("public", "exactly one of comment_id and post_id must be set")
	}
	if object != "" && object != receiving.ObjectPage && object != receiving.ObjectInstagram {
		c.fail("public.object", fmt.Sprintf("%q is neither page nor instagram", object))
	}
	if m.Text == "" {
		c.fail("text", "is missing: a public reply is a text")
	}
	limit, whose := MaxComment, "limit"
	if object == receiving.ObjectInstagram {
		limit, whose = MaxCommentInstagram, "Instagram's limit is"
	}
	if n := utf8.RuneCountInString(m.Text); n > limit {
		c.fail("text", fmt.Sprintf("%d characters, %s %d", n, whose, limit))
	}
	for _, field := range []struct {
		name string
		set  bool
	}{
		{"recipient", m.Recipient != nil}, {"messaging_type", m.MessagingType != ""}, {"tag", m.Tag != ""},
		{"notification_type", m.NotificationType != ""}, {"persona_id", m.PersonaID != ""}, {"reply_to", m.ReplyTo != ""},
		{"thread_control", m.ThreadControl != nil}, {"sender_action", m.SenderAction != ""}, {"reaction", m.Reaction != nil},
		{"attachment", m.Attachment != nil}, {"attachments", len(m.Attachments) > 0}, {"sticker_id", m.StickerID != ""},
		{"utility", m.Utility != nil}, {"quick_replies", len(m.QuickReplies) > 0}, {"metadata", m.Metadata != ""},
	} {
		if field.set {
			c.fail(field.name, "does not go with a public reply, which is a text")
		}
	}
	m.checkDelivery(c)
}
