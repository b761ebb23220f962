package payload

const errNotMade = permanentError("payload: the kind was not made by New")

// permanentError is an error that a retry cannot fix, which handling.IsPermanent reports.
type permanentError string

func (e permanentError) Error() string { return string(e) }
func (permanentError) Permanent() bool { return true }

// encodeError says why data cannot be encoded: the same data fails again.
type encodeError struct {
	kind string
	err  error
}

func (e *encodeError) Error() string { return "payload: " + e.kind + ": " + e.err.Error() }
func (e *encodeError) Unwrap() error { return e.err }
func (*encodeError) Permanent() bool { return true }
