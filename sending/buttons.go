package sending

import (
	"context"
	"errors"
	"slices"

	"github.com/djmessenger/messenger/receiving"
)

// Buttons sends a text with one to three buttons. The text and the titles are
// translated. A sender of a program's own embeds it and adds to it, as with
// [QuickReplies].
type Buttons struct {
	// Text is what the message says, at most 640 characters.
	Text string
	// Buttons are one to three.
	Buttons []Button
}

// WithText returns a copy that says something else.
func (s Buttons) WithText(text string) Buttons {
	s.Text = text
	return s
}

// WithURL returns a copy with one more button, that opens a page.
func (s Buttons) WithURL(title, url string) Buttons { return s.WithButtons(URLButton(title, url)) }

// WithPostback returns a copy with one more button, that sends the payload
// back to the bot.
func (s Buttons) WithPostback(title, payload string) Buttons {
	return s.WithButtons(PostbackButton(title, payload))
}

// WithButtons returns a copy with more buttons.
func (s Buttons) WithButtons(buttons ...Button) Buttons {
	s.Buttons = slices.Concat(s.Buttons, buttons)
	return s
}

// Compose makes the message.
func (s Buttons) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	buttons := slices.Clone(s.Buttons)
	for i := range buttons {
		if buttons[i].Title != "" {
			buttons[i].Title = Expand(ctx, buttons[i].Title)
		}
	}
	return []Message{ButtonTemplate(Expand(ctx, s.Text), buttons...)}, nil
}

// Validate reports a missing text and buttons that break a limit before they
// are translated. No buttons are no mistake: an embedding sender may add them.
func (s Buttons) Validate() error {
	var c check
	if len(s.Buttons) > 0 {
		validateButtons(&c, "buttons", s.Buttons)
	}
	return errors.Join(needText("text", s.Text), c.err())
}
