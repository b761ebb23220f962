package secret

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Redacted is what a [Value] prints as.
const Redacted = "[redacted]"

// Value is a string that prints as [Redacted]. Its zero value is a secret that is not set. A Value is immutable, is
// passed by value, and may be used from many goroutines at once.
//
// Values cannot be compared with == in a meaningful way: use [Value.Equal].
type Value struct {
	_   [0]func() // keeps == from compiling, since it would compare boxes and not secrets
	box *box
}

// box is behind a pointer and its content behind a closure, so that a dumper which ignores the methods of Value, as fmt
// does for unexported fields, shows an address and one that follows pointers finds a function.
type box struct {
	reveal func() string
}

// New returns a Value that holds text. An empty text gives the zero Value.
func New(text string) Value {
	if text == "" {
		return Value{}
	}
	return Value{box: &box{reveal: func() string { return text }}}
}

// Reveal returns the secret itself, or the empty string if none is set.
func (v Value) Reveal() string {
	if v.box == nil {
		return ""
	}
	return v.box.reveal()
}

// IsZero reports whether no secret is set. A secret of the empty string is not set.
func (v Value) IsZero() bool {
	return v.box == nil
}

// Equal reports whether the secret is text, in a time that does not depend on where the two differ.
// A Value that is not set equals no text, not even the empty one, so a missing setting fails closed.
func (v Value) Equal(text string) bool {
	want, got := sha256.Sum256([]byte(v.Reveal())), sha256.Sum256([]byte(text))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1 && !v.IsZero()
}

// shortSecret is the length, in bytes, below which a secret is looked for as a whole word only.
const shortSecret = 8

// Redact returns text with every occurrence of the secret replaced by [Redacted], also in the form it has in a URL's
// query. It serves texts from outside that may repeat what they were given.
//
// A secret of less than 8 bytes is part of ordinary words: it is replaced only where it stands by itself, next to no letter,
// digit or underscore. The secrets and tokens that the platform issues are longer.
func (v Value) Redact(text string) string {
	if v.IsZero() {
		return text
	}
	plain := v.Reveal()
	if len(plain) < shortSecret {
		return redactWord(redactWord(text, plain), url.QueryEscape(plain))
	}
	return strings.NewReplacer(plain, Redacted, url.QueryEscape(plain), Redacted).Replace(text)
}

// redactWord replaces the occurrences of a secret that are not part of a longer word.
func redactWord(text, plain string) string {
	var out strings.Builder
	for rest := 0; ; {
		at := strings.Index(text[rest:], plain)
		if at < 0 {
			out.WriteString(text[rest:])
			return out.String()
		}
		begin, end := rest+at, rest+at+len(plain)
		before, _ := utf8.DecodeLastRuneInString(text[:begin])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if isWordRune(before) || isWordRune(after) {
			_, size := utf8.DecodeRuneInString(text[begin:])
			out.WriteString(text[rest : begin+size])
			rest = begin + size
			continue
		}
		out.WriteString(text[rest:begin])
		out.WriteString(Redacted)
		rest = end
	}
}

func isWordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// Format implements [fmt.Formatter]: every verb and flag prints [Redacted].
func (v Value) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, Redacted)
}

// String implements [fmt.Stringer].
func (v Value) String() string {
	return Redacted
}

// GoString implements [fmt.GoStringer].
func (v Value) GoString() string {
	return Redacted
}

// LogValue implements [slog.LogValuer].
func (v Value) LogValue() slog.Value {
	return slog.StringValue(Redacted)
}

// MarshalText implements [encoding.TextMarshaler].
func (v Value) MarshalText() ([]byte, error) {
	return []byte(Redacted), nil
}

// MarshalJSON implements [encoding/json.Marshaler].
func (v Value) MarshalJSON() ([]byte, error) {
	return []byte(`"` + Redacted + `"`), nil
}
