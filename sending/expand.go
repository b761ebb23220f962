package sending

import (
	"context"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/i18n"
)

// Expand translates a text into the language of the context's person and fills
// in its placeholders, as the built-in senders do. A sender of a program's own
// calls it on the texts that it takes.
func Expand(ctx context.Context, text string) string {
	return fill(i18n.From(ctx).Text(text), func(name string) (string, bool) { return Value(ctx, name) })
}

// expandTexts expands each text that is not empty.
func expandTexts(ctx context.Context, texts ...*string) {
	for _, text := range texts {
		if *text != "" {
			*text = Expand(ctx, *text)
		}
	}
}

// expandButtons returns the buttons with expanded titles.
func expandButtons(ctx context.Context, buttons []Button) []Button {
	buttons = slices.Clone(buttons)
	for i := range buttons {
		expandTexts(ctx, &buttons[i].Title)
	}
	return buttons
}

// fill replaces %{name} and %{name|default}; %%{ stands for %{.
func fill(text string, lookup Lookup) string {
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
		if value, ok := lookup(name); ok && value != "" {
			out.WriteString(value)
		} else {
			out.WriteString(fallback)
		}
		text = text[start+length+1:]
	}
	out.WriteString(text)
	return out.String()
}
