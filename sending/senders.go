package sending

import (
	"context"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/i18n"
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
func (s SimpleMessage) Compose(ctx context.Context, ev *receiving.Event) ([]Message, error) {
	return []Message{Text(said(ctx, ev, prefixed(ctx, s.Text), s.Text))}, nil
}

// TextRefs returns its text.
func (s SimpleMessage) TextRefs() []i18n.TextRef {
	return textRefs(func(e *expander) { e.text("text", &s.Text, MaxText) })
}

// Validate reports an empty text.
func (s SimpleMessage) Validate() error { return needText("text", s.Text) }

// Default sends the bot's default text, which the bot's configuration sets.
type Default struct{}

// Compose makes the message.
func (Default) Compose(ctx context.Context, ev *receiving.Event) ([]Message, error) {
	text := textsFrom(ctx).Default
	return []Message{Text(said(ctx, ev, prefixed(ctx, text), text))}, nil
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

// prefixed expands a text, with the bot's prefix before it.
func prefixed(ctx context.Context, text string) string {
	out := Expand(ctx, text)
	if prefix := textsFrom(ctx).Prefix; prefix != "" {
		out = Expand(ctx, prefix) + out
	}
	return out
}

// said is a text of a message that was made of a message id, within what the platform takes in
// answer to an event.
func said(ctx context.Context, ev *receiving.Event, text, id string) string {
	if len(text) <= MaxTextInstagram {
		return text // it is within each limit
	}
	var object receiving.Object
	public, _ := ctx.Value(publicKey{}).(bool)
	if ev != nil {
		object = ev.Object
		ways := Ways(ev, OwnEcho(ev))
		public = public || len(ways) > 0 && ways[0] == ByPublicReply
	}
	l, instagram := i18n.From(ctx), object == receiving.ObjectInstagram
	switch {
	case public && instagram:
		return l.Within(text, id, MaxCommentInstagram)
	case public:
		return l.Within(text, id, MaxComment)
	case instagram:
		return l.WithinBytes(text, id, MaxTextInstagram)
	}
	return l.Within(text, id, MaxText)
}

// publicKey marks a context in which senders compose public replies.
type publicKey struct{}

func needText(field, text string) error {
	if text == "" {
		return &FieldError{Field: field, Problem: "is missing"}
	}
	return nil
}
