package dialog

import (
	"context"
	"strings"
)

const refuseText = "Please write it as a text."

// Text asks for a text. Spaces at the ends are removed; what is no text, such as a sticker, is
// refused. The platform lets a person write some thousands of characters; a Check can ask for
// less.
func Text() Answer[string] {
	return AnswerFunc(takeText, func(_ context.Context, v string) string { return v })
}

func takeText(_ context.Context, in Input) (string, error) {
	text := strings.TrimSpace(in.Event.Text())
	if text == "" {
		return "", Refuse(refuseText)
	}
	return text, nil
}
