package graph

import (
	"errors"
	"strconv"
)

// Retry says whether a failed call was executed, as far as is known, and so whether it may be made again. The platform
// has no idempotency key: repeating a call that was executed duplicates a message. The client's own retries are
// described at [Client]; the class is that of the last attempt.
type Retry int

const (
	// RetryNever: refused, and the same call would be refused again.
	RetryNever Retry = iota
	// RetrySafe: certainly not executed; nothing of the request left this process.
	RetrySafe
	// RetryLater: certainly not executed, because of a rate limit or a temporary fault of the platform.
	RetryLater
	// RetryNewToken: certainly not executed; the same call can succeed with a new token of the page.
	RetryNewToken
	// RetryUncertain: the outcome is unknown; the call may have been executed.
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

// Classify returns the class of a failed call: that of the first error in err's tree with a method Retry() Retry, which
// every error type of this package has. [ErrTokenInvalid] without such an error is [RetryNewToken]. Any other error is
// [RetryUncertain]. Classify panics if err is nil, which is not a failure.
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
