package handling

import "errors"

// Skip is returned by Handle to say "not mine after all". It is not a failure:
// nothing that the route queued takes effect, its senders do not answer, and
// the event counts as not handled by the route. Joined with an error that is a
// failure it does not hide that: the route fails. A sender cannot return it: that
// fails the route.
var Skip = errors.New("handling: skip")

// Permanent marks an error that a retry cannot fix: the route becomes a dead
// letter without a retry, while the rest of the turn takes effect. If another route
// of the turn is retried, the whole turn is, this route included. It returns nil
// for a nil error.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

// IsPermanent reports whether an error was marked by [Permanent], or one of those that it
// wraps has a method Permanent that returns true, as a store.RaiseError has.
func IsPermanent(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}

type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

// Permanent is what [IsPermanent] asks.
func (*permanentError) Permanent() bool { return true }

var (
	errNoFunc = errors.New("handling: the function is nil")
	errNoKind = errors.New("handling: the payload kind is missing; make one with payload.New")
)

func needFunc(missing bool) error {
	if missing {
		return errNoFunc
	}
	return nil
}
