package routing

import (
	"fmt"
	"time"
)

// MaxTimeout is the longest Timeout of a route. The worker and the person's conversation are busy
// meanwhile; work that takes longer runs elsewhere, and its result comes as a signal.
const MaxTimeout = 10 * time.Minute

// TimeoutError is what a route fails with that has exceeded its Timeout. It is also the
// context.Cause of the context that its handler and senders got.
type TimeoutError struct {
	// Route is the route's name.
	Route string
	// Limit is its Timeout.
	Limit time.Duration
	// Err is what the route returned then; nil in the context's cause.
	Err error
}

func (e *TimeoutError) Error() string {
	text := fmt.Sprintf("routing: route %q exceeded its timeout of %s", e.Route, e.Limit)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *TimeoutError) Unwrap() error { return e.Err }

// Timeout reports that it is one, for code that asks errors by that method.
func (e *TimeoutError) Timeout() bool { return true }
