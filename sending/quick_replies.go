package sending

import (
	"context"
	"errors"
	"slices"

	"github.com/djmessenger/messenger/receiving"
)

// QuickReplies sends a text with chips to tap. The text and the titles are
// translated. A sender of a program's own embeds it and adds to it:
//
//	type Sizes struct{ sending.QuickReplies }
//
//	func (s Sizes) Compose(ctx context.Context, ev *receiving.Event) ([]sending.Message, error) {
//		q := s.QuickReplies
//		for _, size := range sizesFor(ev.PersonID) {
//			q = q.WithReply(size.Name, size.Payload)
//		}
//		return q.Compose(ctx, ev)
//	}
//
// The With… methods return the embedded sender, without the program's own
// Compose: call them inside of it, not on a value that goes into a policy.
type QuickReplies struct {
	// Text is what the message says.
	Text string
	// Replies are the chips, at most 13.
	Replies []QuickReply
}

// WithText returns a copy that says something else.
func (s QuickReplies) WithText(text string) QuickReplies {
	s.Text = text
	return s
}

// WithReply returns a copy with one more chip.
func (s QuickReplies) WithReply(title, payload string) QuickReplies {
	return s.WithReplies(TextReply(title, payload))
}

// WithReplies returns a copy with more chips.
func (s QuickReplies) WithReplies(replies ...QuickReply) QuickReplies {
	s.Replies = slices.Concat(s.Replies, replies)
	return s
}

// Compose makes the message.
func (s QuickReplies) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	replies := slices.Clone(s.Replies)
	for i := range replies {
		if replies[i].Title != "" {
			replies[i].Title = Expand(ctx, replies[i].Title)
		}
	}
	return []Message{Text(Expand(ctx, s.Text)).WithQuickReplies(replies...)}, nil
}

// Validate reports a missing text and chips that break a limit before they are
// translated. No chips are no mistake: an embedding sender may add them.
func (s QuickReplies) Validate() error {
	var c check
	validateQuickReplies(&c, s.Replies)
	return errors.Join(needText("text", s.Text), c.err())
}
