package sending

import (
	"context"
	"slices"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// QuickReplies sends a text, or an attachment, with chips to tap. The text and
// the titles are translated. A custom sender embeds it and adds to it:
//
//	type Sizes struct{ sending.QuickReplies }
//
//	func (s Sizes) Compose(ctx context.Context, ev *receiving.Event) ([]sending.Message, error) {
//		q := s.QuickReplies
//		for _, size := range sizesFor(ev.PSID) {
//			q = q.WithReply(size.Name, size.Payload)
//		}
//		return q.Compose(ctx, ev)
//	}
//
// The With… methods return the embedded sender, without the custom Compose.
// Call them inside that Compose, not on a value for a policy.
type QuickReplies struct {
	// Text is what the message says.
	Text string
	// Attachment is shown instead of a text:
	//
	//	sending.QuickReplies{Attachment: sending.Image(url).Attachment}
	Attachment *Attachment
	// Replies are the chips, at most 13.
	Replies []QuickReply
}

// WithText returns a copy with another text.
func (s QuickReplies) WithText(text string) QuickReplies {
	s.Text, s.Attachment = text, nil
	return s
}

// WithAttachment returns a copy that shows an attachment instead of a text.
func (s QuickReplies) WithAttachment(attachment Attachment) QuickReplies {
	s.Text, s.Attachment = "", &attachment
	return s
}

// WithReply returns a copy with one more chip.
func (s QuickReplies) WithReply(title, payload string) QuickReplies {
	s.Replies = slices.Concat(s.Replies, []QuickReply{TextReply(title, payload)})
	return s
}

// WithReplies returns a copy with more chips.
func (s QuickReplies) WithReplies(replies ...QuickReply) QuickReplies {
	s.Replies = slices.Concat(s.Replies, replies)
	return s
}

// Compose makes the message.
func (s QuickReplies) Compose(ctx context.Context, ev *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	m := Message{Attachment: e.media(s.Attachment), QuickReplies: e.quickReplies(s.Replies)}
	if s.Text != "" {
		m.Text = said(ctx, ev, Expand(ctx, s.Text), s.Text)
	}
	return e.composed(m)
}

// TextRefs returns the texts that it translates.
func (s QuickReplies) TextRefs() []i18n.TextRef {
	return textRefs(func(e *expander) {
		e.text("text", &s.Text, MaxText)
		e.quickReplies(s.Replies)
	})
}

// Validate reports a missing text and what breaks a limit before it is
// translated. An empty list of chips is allowed: an embedding sender may add
// them.
func (s QuickReplies) Validate() error {
	c := check{draft: true, blanks: true}
	switch {
	case s.Attachment == nil:
		if s.Text == "" {
			c.fail("text", "is missing")
		}
	case s.Text != "":
		c.fail("text", "goes without an attachment only")
	default:
		// Of an attachment only the URL of media is filled in.
		c.blanks = s.Attachment.isMedia()
		s.Attachment.check(&c, "attachment")
		c.blanks = true
	}
	validateQuickReplies(&c, s.Replies)
	return c.err()
}
