package sending

import (
	"context"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/receiving"
)

// SimpleMessage sends a text of the program's own. Give a text from elsewhere,
// such as what the person wrote, to [Replier.Set], and use a placeholder in
// Text; see [LongText]. [Text] makes a message from a text without changes.
type SimpleMessage struct {
	// Text is looked up as a message id, and its placeholders are filled in.
	Text string
}

// Compose makes the message.
func (s SimpleMessage) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	return []Message{prefixed(ctx, s.Text)}, nil
}

// Validate reports an empty text.
func (s SimpleMessage) Validate() error { return needText("text", s.Text) }

// Default sends the bot's default text, which the bot's configuration sets.
type Default struct{}

// Compose makes the message.
func (Default) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	return []Message{prefixed(ctx, textsFrom(ctx).Default)}, nil
}

// SenderAction sends a sender action.
type SenderAction struct {
	// Action is typing_on, typing_off, mark_seen, react or unreact. The last
	// two are about the message that is answered.
	Action Action
	// Emoji is what React shows.
	Emoji string
}

// Compose makes the action.
func (s SenderAction) Compose(_ context.Context, ev *receiving.Event) ([]Message, error) {
	switch s.Action {
	case React, Unreact:
		reaction := &Reaction{MID: ev.MID()}
		if s.Action == React {
			reaction.Reaction = s.Emoji
		}
		return []Message{{SenderAction: s.Action, Reaction: reaction}}, nil
	default:
		return []Message{s.Action.Message()}, nil
	}
}

// Validate reports an action that the platform does not have.
func (s SenderAction) Validate() error {
	m := s.Action.Message()
	if s.Action == React || s.Action == Unreact {
		m.Reaction = &Reaction{MID: "m", Reaction: s.Emoji}
	}
	return m.Validate("")
}

// Multimedia sends an image, a sound, a video or a file.
type Multimedia struct {
	// Type is image, audio, video or file.
	Type attachment.Type
	// URL is where the platform fetches it. Its placeholders are filled in; see
	// [ExpandURL].
	URL string
	// AttachmentID is used instead of URL if it was uploaded before.
	AttachmentID string
	// Reusable keeps what is at URL; see [ReusableMedia].
	Reusable bool
}

// Compose makes the message.
func (s Multimedia) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	e.url("attachment.payload.url", &s.URL)
	return e.composed(s.message())
}

// Validate reports a missing or malformed URL and an unknown type.
func (s Multimedia) Validate() error {
	switch s.Type {
	case attachment.Image, attachment.Audio, attachment.Video, attachment.File:
		return s.message().validate(check{blanks: true})
	default:
		return &FieldError{Field: "type", Problem: "is none of image, audio, video, file"}
	}
}

func (s Multimedia) message() Message {
	return attach(s.Type, mediaPayload{URL: s.URL, AttachmentID: s.AttachmentID, IsReusable: s.Reusable})
}

// prefixed makes a text message with the bot's prefix before it.
func prefixed(ctx context.Context, text string) Message {
	out := Expand(ctx, text)
	if prefix := textsFrom(ctx).Prefix; prefix != "" {
		out = Expand(ctx, prefix) + out
	}
	return Text(out)
}

func needText(field, text string) error {
	if text == "" {
		return &FieldError{Field: field, Problem: "is missing"}
	}
	return nil
}
