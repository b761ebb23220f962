package sending

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/djmessenger/messenger/internal/joined"
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

// FieldError is a mistake in one field of a message. Several are joined with
// [errors.Join].
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

// entry is the path of an entry of a list.
func entry(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// within returns the mistakes of a part of something, with the part's place
// before the path of each field.
func within(at string, err error) error {
	if parts := joined.Errors(err); len(parts) > 0 {
		var errs []error
		for _, part := range parts {
			errs = append(errs, within(at, part))
		}
		return errors.Join(errs...)
	}
	if field, ok := err.(*FieldError); ok { //nolint:errorlint // one that is wrapped has other words around it
		if field.Field != "" {
			at += "." + field.Field
		}
		return &FieldError{Field: at, Problem: field.Problem}
	}
	return fmt.Errorf("sending: %s: %w", at, err)
}

// Validate checks the message against the platform's documented limits for the
// object. If the object is empty, Messenger's limits apply, and fields of
// Instagram only are allowed. All mistakes are reported, each as a
// [FieldError]. Unknown templates and fields without a documented limit are not
// checked.
func (m Message) Validate(object receiving.Object) error {
	return m.validate(check{object: object})
}

func (m Message) validate(c check) error {
	m.checkUTF8(&c)
	if m.Public != nil {
		m.checkPublic(&c)
		return c.err()
	}
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
	draft  bool // of a sender, which is not composed yet: what is missing may come
	blanks bool // URLs may have placeholders, which Compose fills in
	errs   []error
}

func (c *check) fail(field, problem string) {
	c.errs = append(c.errs, &FieldError{Field: field, Problem: problem})
}

// failed reports whether a mistake of a field is noted.
func (c *check) failed(field string) bool {
	return slices.ContainsFunc(c.errs, func(err error) bool {
		var noted *FieldError
		return errors.As(err, &noted) && noted.Field == field
	})
}

// length checks a text. A draft with placeholders may become shorter.
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

// url checks a URL. One that is not filled in yet may have placeholders.
func (c *check) url(field, text string, rule func(string) error) {
	if strings.ContainsRune(text, utf8.RuneError) && c.failed(field) {
		return // it is not UTF-8, which is said already
	}
	err := rule(text)
	switch {
	case c.blanks && strings.Contains(text, "%{"):
		err = checkURLTemplate(text, rule)
	case err != nil && strings.Contains(text, "%{"):
		err = errors.New("has a placeholder, and this message is sent as it is; a sender's Compose fills it in")
	}
	if err != nil {
		c.fail(field, err.Error())
	}
}

func (c *check) err() error { return errors.Join(c.errs...) }
