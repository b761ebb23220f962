package sending

import (
	"context"
	"errors"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// Buttons sends a text with one to three buttons. The text and the titles are
// translated, and placeholders in URLs are filled in (see [ExpandURL]). A
// custom sender embeds it and adds to it; see [QuickReplies].
type Buttons struct {
	// Text is what the message says, at most 640 characters.
	Text string `json:"text"`
	// Buttons are one to three.
	Buttons []Button `json:"buttons"`
}

// WithText returns a copy with another text.
func (s Buttons) WithText(text string) Buttons {
	s.Text = text
	return s
}

// WithURL returns a copy with one more button, that opens a page.
func (s Buttons) WithURL(title, url string) Buttons {
	s.Buttons = addButtons(s.Buttons, URLButton(title, url))
	return s
}

// WithPostback returns a copy with one more button, that sends the payload
// back to the bot.
func (s Buttons) WithPostback(title, payload string) Buttons {
	s.Buttons = addButtons(s.Buttons, PostbackButton(title, payload))
	return s
}

// WithButtons returns a copy with more buttons.
func (s Buttons) WithButtons(buttons ...Button) Buttons {
	s.Buttons = addButtons(s.Buttons, buttons...)
	return s
}

// Compose makes the message.
func (s Buttons) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	return e.composed(s.expand(&e).Message())
}

// TextRefs returns the texts that it translates.
func (s Buttons) TextRefs() []i18n.TextRef { return textRefs(func(e *expander) { s.expand(e) }) }

func (s Buttons) expand(e *expander) Buttons {
	e.text("text", &s.Text, MaxButtonText)
	s.Buttons = e.buttons("buttons", s.Buttons)
	return s
}

// Message makes the message as it is, without translation.
func (s Buttons) Message() Message { return ButtonTemplate(s.Text, s.Buttons...) }

// Validate reports a missing text and buttons that break a limit before they
// are translated. An empty list of buttons is allowed: an embedding sender may
// add them.
func (s Buttons) Validate() error {
	draft := validateDraft(s, node.checkButtonTemplate)
	return errors.Join(needText("text", s.Text), draft)
}
