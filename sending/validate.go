package sending

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/djmessenger/messenger/receiving"
)

// The platform's limits, in characters unless they say otherwise. Those of the
// templates are with their fields.
const (
	MaxText            = 2000
	MaxTextInstagram   = 1000 // bytes
	MaxImages          = 30   // images
	MaxImagesInstagram = 10   // images
	MaxQuickReplies    = 13   // quick replies
	MaxTitle           = 20
	MaxPayload         = 1000
	MaxButtonText      = 640
	MaxButtons         = 3 // buttons
	MaxMetadata        = 900
	MaxKey             = 200 // bytes
	MaxDelay           = 30 * 24 * time.Hour
)

// FieldError says what is wrong with a field of a message. Several are joined
// with [errors.Join].
type FieldError struct {
	// Field is the path of the field: "quick_replies[3].title". It is empty if
	// a whole sender is meant.
	Field string
	// Problem says what is wrong with it, with the limit that it breaks.
	Problem string
}

func (e *FieldError) Error() string {
	if e.Field == "" {
		return "sending: " + e.Problem
	}
	return "sending: " + e.Field + ": " + e.Problem
}

// within returns the mistakes of a part of something, with the part's place
// before the path of each field.
func within(place string, err error) error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		if all := errors.Join(several.Unwrap()...); all != nil && all.Error() == err.Error() {
			var errs []error
			for _, part := range several.Unwrap() {
				errs = append(errs, within(place, part))
			}
			return errors.Join(errs...)
		}
	}
	if field, ok := err.(*FieldError); ok { //nolint:errorlint // one that is wrapped has other words around it
		at := place
		if field.Field != "" {
			at += "." + field.Field
		}
		return &FieldError{Field: at, Problem: field.Problem}
	}
	return fmt.Errorf("sending: %s: %w", place, err)
}

// Validate checks the message against the platform's documented limits for the
// object. An empty object is one that is not known yet: Messenger's limits hold,
// and what only Instagram has may be there. All mistakes are reported, each as a
// [FieldError]. Templates that this library does not know are not looked into,
// nor are fields that it has no limit for.
func (m Message) Validate(object receiving.Object) error {
	c := check{object: object}
	m.checkUTF8(&c)
	m.checkEnvelope(&c)
	if m.SenderAction != "" {
		m.checkAction(&c)
	} else {
		m.checkContent(&c)
	}
	return c.err()
}

// check collects the mistakes of a message.
type check struct {
	object receiving.Object
	draft  bool // of a sender, which is not composed yet
	errs   []error
}

func (c *check) fail(field, problem string) {
	c.errs = append(c.errs, &FieldError{Field: field, Problem: problem})
}

// length checks a text. One of a draft that has placeholders may yet become
// shorter.
func (c *check) length(field, text string, limit int) {
	if c.draft && strings.Contains(text, "%{") {
		return
	}
	if n := utf8.RuneCountInString(text); n > limit {
		c.fail(field, fmt.Sprintf("%d characters, limit %d", n, limit))
	}
}

func (c *check) required(field, text string, limit int) {
	if text == "" {
		c.fail(field, "is missing")
	}
	c.length(field, text, limit)
}

func (c *check) url(field, text string) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		c.fail(field, "is not an absolute http or https URL")
	}
}

func (c *check) err() error { return errors.Join(c.errs...) }
