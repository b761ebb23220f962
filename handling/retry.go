package handling

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Retry says how often and when an event is tried again whose handling has failed. The
// zero value means the defaults: in messenger.Config those below, in a routing.Route those
// of the bot.
//
// An event that waits for its next try is the head of its conversation: everything else of
// that person waits with it, later events and delayed messages included. The sum of the
// pauses, and MaxWait, are how long.
type Retry struct {
	// Tries is the most times that the event is run, the first one included: 1 means no
	// retry. At most [MaxTries]. Default: one more than there are Pauses.
	Tries int `doc:"The most times that the event is run, the first one included; 1 means no retry. Default: one more than there are pauses."`
	// Pauses are those before the second try, the third, and so on; the last one also
	// serves the tries after it. Each is 0 to [MaxPause], and is lengthened by up to a
	// quarter, by the event, so that conversations that fail together are not all tried
	// in the same instant. Default: 1 s, 5 s and 25 s.
	Pauses []time.Duration `doc:"The pauses before the second try, the third, and so on; the last one also serves the tries after it. At most 1h each."`
	// MaxWait is the age of an event, from when it was stored, up to which a
	// [RetryAfter] does not count as a try. After that it does, so that the event is
	// tried at most Tries times more. At most [LongestMaxWait]. Default: [DefaultMaxWait].
	MaxWait time.Duration `doc:"The age of an event up to which a handler may ask for a later time without using up a try. At most 24h."`
}

// Limits and defaults of [Retry] and [RetryAfter].
const (
	// MaxTries is the most tries that an event may have.
	MaxTries = 100
	// MaxPause is the longest pause between two tries, without what is added at random.
	MaxPause = time.Hour
	// DefaultMaxWait is the default of Retry.MaxWait.
	DefaultMaxWait = time.Hour
	// LongestMaxWait is the longest Retry.MaxWait: a person can be answered for 24 hours.
	LongestMaxWait = 24 * time.Hour

	minRetryAfter = time.Second
)

// defaultPauses make four tries.
var defaultPauses = []time.Duration{time.Second, 5 * time.Second, 25 * time.Second}

// WithDefaults returns a copy in which every field is set.
func (r Retry) WithDefaults() Retry {
	return fillRetry(r, Retry{Pauses: defaultPauses, MaxWait: DefaultMaxWait})
}

// Or returns a copy in which what is not set is as in other. Pauses without Tries bring
// their own number of tries.
func (r Retry) Or(other Retry) Retry { return fillRetry(r, other) }

func fillRetry(r, other Retry) Retry {
	if len(r.Pauses) == 0 {
		r.Pauses = other.Pauses
		if r.Tries == 0 {
			r.Tries = other.Tries
		}
	}
	r.Pauses = slices.Clone(r.Pauses)
	if r.Tries == 0 && len(r.Pauses) > 0 {
		r.Tries = len(r.Pauses) + 1
	}
	if r.MaxWait == 0 {
		r.MaxWait = other.MaxWait
	}
	return r
}

// Validate returns every mistake, joined: a field that is negative or above its limit, and
// Pauses that no retry would use. The default pauses are valid with any number of tries:
// WithDefaults sets them beside Tries.
func (r Retry) Validate() error {
	var errs []error
	fail := func(field string, path []int, format string, args ...any) {
		errs = append(errs, &retryError{field, path, fmt.Sprintf(format, args...)})
	}
	switch {
	case r.Tries < 0:
		fail("Tries", nil, "is negative: %d", r.Tries)
	case r.Tries > MaxTries:
		fail("Tries", nil, "is %d, and at most %d", r.Tries, MaxTries)
	case r.Tries > 0 && len(r.Pauses) >= r.Tries && !slices.Equal(r.Pauses, defaultPauses):
		fail("Pauses", nil, "has %d pauses, and there are %d between %d tries", len(r.Pauses), r.Tries-1, r.Tries)
	case len(r.Pauses) >= MaxTries:
		fail("Pauses", nil, "has %d pauses, and at most %d", len(r.Pauses), MaxTries-1)
	}
	for i, pause := range r.Pauses {
		switch {
		case pause < 0:
			fail("Pauses", []int{i}, "is negative: %s", pause)
		case pause > MaxPause:
			fail("Pauses", []int{i}, "is %s, and at most %s", pause, MaxPause)
		}
	}
	switch {
	case r.MaxWait < 0:
		fail("MaxWait", nil, "is negative: %s", r.MaxWait)
	case r.MaxWait > LongestMaxWait:
		fail("MaxWait", nil, "is %s, and at most %s", r.MaxWait, LongestMaxWait)
	}
	return errors.Join(errs...)
}

// retryError is one thing that is wrong with a [Retry].
type retryError struct {
	field   string
	path    []int // the index of a pause, or empty
	problem string
}

// Field returns the field of the [Retry], and the index of the pause.
func (m *retryError) Field() (name string, path []int) { return m.field, m.path }

// Place returns the same as a text, such as "Retry.Pauses[1]".
func (m *retryError) Place() string {
	if len(m.path) == 0 {
		return "Retry." + m.field
	}
	return fmt.Sprintf("Retry.%s[%d]", m.field, m.path[0])
}

// Problem says what is wrong, without the place.
func (m *retryError) Problem() string { return m.problem }

func (m *retryError) Error() string {
	return "handling: " + m.Place() + ": " + m.problem
}

// RetryAfter returns an error by which Handle, a sender or a middleware asks for the event
// to be tried again after d: a back end has said when it will be ready, or the answer is
// being prepared elsewhere. Like every failure it drops what the turn has queued, and the
// whole event is run again.
//
// It does not count as a try (Turn.Attempt stays) while the event is younger than
// Retry.MaxWait; after that it does, and the event still waits for d. A d of less than 1
// second counts as 1 second, and one above [MaxPause] as MaxPause; it is lengthened like a
// pause of [Retry]. Everything else of the person waits meanwhile.
//
// An error that wraps or joins it asks for the same. Of several, the longest d wins. An error
// that is also [Permanent], or a sending.FieldError, is not retried. If another route of the turn fails
// and is retried by its own policy, that counts as a try, and the longer pause wins.
func RetryAfter(d time.Duration) error {
	return &retryAfterError{after: min(max(d, minRetryAfter), MaxPause)}
}

// RetryAfterOf returns the longest time that an error asks for by [RetryAfter], and whether it does.
func RetryAfterOf(err error) (d time.Duration, asks bool) {
	if e, ok := err.(*retryAfterError); ok { //nolint:errorlint // it walks the tree itself, for the longest
		return e.after, true
	}
	var parts []error
	switch e := err.(type) { //nolint:errorlint // as above
	case interface{ Unwrap() []error }:
		parts = e.Unwrap()
	case interface{ Unwrap() error }:
		parts = []error{e.Unwrap()}
	}
	for _, part := range parts {
		if after, ok := RetryAfterOf(part); ok {
			d, asks = max(d, after), true
		}
	}
	return d, asks
}

type retryAfterError struct {
	after     time.Duration
	elsewhere bool
}

func (e *retryAfterError) Error() string {
	if e.elsewhere {
		return "handling: retry on another replica"
	}
	return "handling: retry after " + e.after.String()
}

// elsewhereAfter is the pause of [RetryElsewhere]: short, so that the replica that put the event back is not the first to ask for
// work when it is over.
const elsewhereAfter = 20 * time.Millisecond

// RetryElsewhere returns an error by which Handle, a sender or a middleware leaves the event to another replica, of
// the next version of the program perhaps. It is a [RetryAfter] with a pause of about 20 milliseconds, after which this
// replica asks for work no sooner than others do. That does not keep it from getting the event again, a few times a second while it is
// busy. The caller decides for how long it goes on so, by Turn.At.
func RetryElsewhere() error { return &retryAfterError{after: elsewhereAfter, elsewhere: true} }

// IsElsewhere reports whether an error is, wraps or joins one of [RetryElsewhere].
func IsElsewhere(err error) bool {
	e, ok := errors.AsType[*retryAfterError](err)
	return ok && e.elsewhere
}
