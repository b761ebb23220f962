package pythonre

import (
	"strings"
	"sync"
)

// RE2 knows a word boundary between ASCII letters, digits and underscores and other
// characters. An encoded text has its Unicode boundaries there: each word character
// that is not an ASCII letter or digit stands between two underscores, "é" as "_é_"
// and "_" as "___". A pattern for encoded texts matches such a frame as a whole, so
// that it never stops inside of one, where the boundaries are not those of the text:
// it begins at the start of the text, and each frame begins with an underscore that
// stands nowhere else.

// framedRunes are the characters that an encoded text has in frames.
var framedRunes = sync.OnceValue(func() set {
	return unicodeAlphabet().word.and(union([]span{{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}).not())
})

func encode(text string) string {
	framed := framedRunes()
	var b strings.Builder
	b.Grow(len(text) + 2*len(text)/3)
	for _, r := range text {
		if !framed.has(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteByte('_')
		b.WriteRune(r)
		b.WriteByte('_')
	}
	return b.String()
}

// decode returns the text that a part of an encoded one stands for.
func decode(encoded string) string {
	var b strings.Builder
	b.Grow(len(encoded))
	inFrame := 0
	for _, r := range encoded {
		switch {
		case inFrame == 0 && r == '_':
			inFrame = 1
			continue
		case inFrame == 2:
			inFrame = 0
			continue
		case inFrame == 1:
			inFrame = 2
		}
		b.WriteRune(r)
	}
	return b.String()
}
