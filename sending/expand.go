package sending

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/weburl"
)

// Expand translates a text into the language of the context's person and fills
// in its placeholders, as the built-in senders do. A custom sender calls it on
// its texts, and [ExpandURL] on its URLs. A placeholder whose name has no value in
// the context stays as it is, unless it has a default.
func Expand(ctx context.Context, text string) string {
	return i18n.From(ctx).Fill(text, func(name string) (any, bool) {
		value, ok := Value(ctx, name)
		return value, ok
	})
}

// ExpandWithin is [Expand] for a text that may have at most limit characters, such as the title of a button, [MaxTitle]. What
// a translation or a value has made longer is shortened as by [i18n.Shorten], and reported once: the message goes out all the
// same. A text that is too long as the program has it stays, for [Message.Validate] to refuse.
func ExpandWithin(ctx context.Context, text string, limit int) string {
	return i18n.From(ctx).Within(Expand(ctx, text), text, limit)
}

// expander expands the texts and URLs of one sender. It collects the mistakes
// that URLs have once they are filled in. With refs it lists the texts instead, and
// changes nothing.
type expander struct {
	ctx  context.Context
	errs []error
	refs *[]i18n.TextRef
}

// textRefs returns the texts that expand goes through.
func textRefs(expand func(e *expander)) []i18n.TextRef {
	var refs []i18n.TextRef
	expand(&expander{refs: &refs})
	return refs
}

// text expands a text that is not empty, to at most limit characters; 0 is no limit.
func (e *expander) text(field string, text *string, limit int) {
	switch {
	case *text == "":
	case e.refs != nil:
		*e.refs = append(*e.refs, i18n.TextRef{Key: *text, Place: field, Limit: limit})
	default:
		*text = ExpandWithin(e.ctx, *text, limit)
	}
}

// url fills in a URL; field is its path, for a mistake.
func (e *expander) url(field string, text *string) { e.urlBy(field, text, weburl.Check) }

func (e *expander) urlBy(field string, text *string, rule func(string) error) {
	if e.refs != nil {
		return
	}
	filled, err := expandURL(e.ctx, *text, rule)
	if err != nil {
		e.errs = append(e.errs, within(field, err))
		return
	}
	*text = filled
}

// button expands a button, which may be the default action of a card.
func (e *expander) button(at string, b *Button) {
	e.text(at+".title", &b.Title, MaxTitle)
	e.url(at+".url", &b.URL)
	e.url(at+".fallback_url", &b.FallbackURL)
}

// buttons returns a copy of the buttons, expanded.
func (e *expander) buttons(at string, buttons []Button) []Button {
	buttons = slices.Clone(buttons)
	for i := range buttons {
		e.button(entry(at, i), &buttons[i])
	}
	return buttons
}

// quickReplies returns a copy of the quick replies, expanded.
func (e *expander) quickReplies(replies []QuickReply) []QuickReply {
	replies = slices.Clone(replies)
	for i := range replies {
		e.text(entry("quick_replies", i)+".title", &replies[i].Title, MaxTitle)
		e.url(entry("quick_replies", i)+".image_url", &replies[i].ImageURL)
	}
	return replies
}

// composed is what a sender returns: the message, or what is wrong with it.
func (e *expander) composed(m Message) ([]Message, error) {
	if err := errors.Join(e.errs...); err != nil {
		return nil, err
	}
	return []Message{m}, nil
}

// fill replaces %{name} and %{name|default}; %%{ stands for %{.
func fill(text string, find lookup) string {
	return replacePlaceholders(text, func(name, fallback string) string {
		if value, ok := find(name); ok && value != "" {
			return value
		}
		return fallback
	})
}

// replacePlaceholders calls replace for each placeholder. An opening without an
// end stays as it is.
func replacePlaceholders(text string, replace func(name, fallback string) string) string {
	if !strings.Contains(text, "%{") {
		return text
	}
	var out strings.Builder
	for {
		start := strings.Index(text, "%{")
		if start < 0 {
			break
		}
		if start > 0 && text[start-1] == '%' {
			out.WriteString(text[:start-1] + "%{")
			text = text[start+2:]
			continue
		}
		length := strings.IndexByte(text[start:], '}')
		if length < 0 {
			break
		}
		out.WriteString(text[:start])
		name, fallback, _ := strings.Cut(text[start+2:start+length], "|")
		out.WriteString(replace(name, fallback))
		text = text[start+length+1:]
	}
	out.WriteString(text)
	return out.String()
}
