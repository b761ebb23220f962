package payload

import "fmt"

// MaxSignal is the most bytes of a signal's payload. It goes through the store and not through the platform, whose limit
// [MaxLength] does not hold for it.
const MaxSignal = 64 << 10

// EncodeSignal returns the payload that carries v, for a signal or a timer. It is [Kind.Encode] without the limit of the
// platform: it returns an error that matches [ErrTooLong] if the payload has more than [MaxSignal] bytes. handling.IsPermanent
// reports every error that it returns.
func (k Kind[T]) EncodeSignal(v T) (string, error) {
	text, err := k.encode(v)
	if err != nil {
		return "", err
	}
	if len(text) > MaxSignal {
		return "", &signalTooLongError{k.def.name, len(text)}
	}
	return string(text), nil
}

// MustEncodeSignal is [Kind.EncodeSignal] for data that the program itself contains. It panics where EncodeSignal returns an
// error.
func (k Kind[T]) MustEncodeSignal(v T) string {
	s, err := k.EncodeSignal(v)
	if err != nil {
		panic(err.Error())
	}
	return s
}

// signalTooLongError is an [ErrTooLong] that gives the limit of signals.
type signalTooLongError struct {
	kind   string
	length int
}

func (e *signalTooLongError) Error() string {
	return fmt.Sprintf("payload: %s has %d bytes, and a signal's payload at most %d", e.kind, e.length, MaxSignal)
}

func (*signalTooLongError) Is(target error) bool { return target == ErrTooLong }
func (*signalTooLongError) Permanent() bool      { return true }
