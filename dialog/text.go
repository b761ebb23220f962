package dialog

import (
	"context"
	"strings"
	"unicode"
)

const refuseText = "Please write it as a text."

// Text asks for a text. What is no text, such as a sticker, or has no visible character, is refused.
// Spaces at the ends are removed, and so are control characters, except for line breaks and
// tabs, and Unicode's controls of the writing direction, which would turn around what the bot says
// with the text in it. The platform lets a person write some thousands of characters; a
// Check can ask for less.
func Text() Answer[string] {
	return AnswerFunc(takeText, func(_ context.Context, v string) string { return v })
}

func takeText(_ context.Context, in Input) (string, error) {
	text := strings.TrimSpace(visible(in.Event.Text()))
	if strings.TrimFunc(text, isBlank) == "" {
		return "", Refuse(refuseText)
	}
	return text, nil
}

// visible returns a text of valid UTF-8 without control characters and controls of the writing direction.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r) && r != arabicMark && r != leftMark && r != rightMark:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// plainText returns a text, which is a number, a date or the like, without what cannot be seen in it:
// contacts that are copied from an address book have such marks around them.
func plainText(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, visible(text)))
}

// Marks that say only how their neighbours are written.
const (
	arabicMark = '\u061C'
	leftMark   = '\u200E'
	rightMark  = '\u200F'
)

// isBlank reports whether a character shows nothing, or stands for what was none.
func isBlank(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Variation_Selector) || strings.ContainsRune("\u115F\u1160\u3164\uFFA0\u2800\uFFFD", r)
}
