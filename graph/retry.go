package graph

import (
	"errors"
	"strconv"
)

// Retry says what is known about the outcome of a failed call, and so whether it may be retried. The platform has no
// idempotency key: making a call again that was executed doubles a message. What the client itself makes again, [Client]
// says; the class is that of the last attempt.
type Retry int

const (
	// RetryNever: refused, and the same call will be refused again.
	RetryNever Retry = iota
	// RetrySafe: surely not executed; nothing of the request left this process.
	RetrySafe
	// RetryLater: surely not executed, since the platform refused it for a time: a throttle, a temporary fault.
	RetryLater
	// RetryNewToken: surely not executed; the same call can succeed once the page has a new token.
	RetryNewToken
	// RetryUncertain: it may have been executed or not.
	RetryUncertain
)

// String returns the name of the class, in lower case.
func (r Retry) String() string {
	switch r {
	case RetryNever:
		return "never"
	case RetrySafe:
		return "safe"
	case RetryLater:
		return "later"
	case RetryNewToken:
		return "new token"
	case RetryUncertain:
		return "uncertain"
	}
	return "Retry(" + strconv.Itoa(int(r)) + ")"
}

// Classify returns the class of a failed call: what the first error in err's tree says that has a method
// Retry() Retry, as every error type of this package has. [ErrTokenInvalid] without such an error is [RetryNewToken]. Of
// any other error nothing is known: it is [RetryUncertain]. Classify panics if err is nil, which is no failure.
func Classify(err error) Retry {
	if err == nil {
		panic("graph: Classify of a nil error")
	}
	type classified interface {
		error
		Retry() Retry
	}
	if failed, ok := errors.AsType[classified](err); ok {
		return failed.Retry()
	}
	if errors.Is(err, ErrTokenInvalid) {
		return RetryNewToken
	}
	return RetryUncertain
}
