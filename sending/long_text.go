package sending

import (
	"context"
	"errors"
	"slices"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// LongText sends a text of any length, in as many messages as it takes; see
// [SplitText]. Use it for texts of unknown length. A custom sender can embed
// it.
//
// Do not put a text from elsewhere, such as another service's answer or what
// the person wrote, into Text: its placeholders would be filled in. Give it to
// [Replier.Set], and use a placeholder in Text:
//
//	reply.Set("answer", answer)
//	…
//	sending.LongText{Text: "%{answer}"}
//
// Without a sender, [LongMessages] makes messages from a text without changes.
type LongText struct {
	// Text is looked up as a message id, and its placeholders are filled in. The
	// bot's prefix stands before it, once.
	Text string
	// Replies are chips below the last message, at most 13. Their titles are
	// translated.
	Replies []QuickReply
}

// WithText returns a copy with another text.
func (s LongText) WithText(text string) LongText {
	s.Text = text
	return s
}

// WithReply returns a copy with one more chip.
func (s LongText) WithReply(title, payload string) LongText {
	return s.WithReplies(TextReply(title, payload))
}

// WithReplies returns a copy with more chips.
func (s LongText) WithReplies(replies ...QuickReply) LongText {
	s.Replies = slices.Concat(s.Replies, replies)
	return s
}

// Compose makes the messages.
func (s LongText) Compose(ctx context.Context, ev *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	replies := e.quickReplies(s.Replies)
	if err := errors.Join(e.errs...); err != nil {
		return nil, err
	}
	messages := LongMessages(prefixed(ctx, s.Text), ev.Object)
	last := &messages[len(messages)-1]
	*last = last.WithQuickReplies(replies...)
	return messages, nil
}

// TextRefs returns the texts that it translates.
func (s LongText) TextRefs() []i18n.TextRef {
	return textRefs(func(e *expander) {
		e.text("text", &s.Text, 0)
		e.quickReplies(s.Replies)
	})
}

// Validate reports a missing text and chips that break a limit before they are
// translated.
func (s LongText) Validate() error {
	return QuickReplies{Text: s.Text, Replies: s.Replies}.Validate()
}
