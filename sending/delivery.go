package sending

import (
	"context"
	"errors"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/receiving"
)

// Delivery is one attempt to send a message.
type Delivery struct {
	PageID string
	// PSID is the person, also when the message is addressed otherwise;
	// it may be empty then.
	PSID string
	// Object is the product of the event that is answered; empty for what was
	// sent from outside of a turn.
	Object receiving.Object
	// Key is the send's idempotency key: the same on every attempt.
	Key string
	// Attempt counts from 1.
	Attempt int
	// CreatedAt is when the message was queued, by the store's clock. It is by that of the
	// process that queued it if the store does not keep that time.
	CreatedAt time.Time
	Message   Message
}

// DeliverFunc makes an attempt. It returns what the platform answered; see
// package graph for the errors.
type DeliverFunc func(ctx context.Context, d Delivery) (graph.SendResult, error)

// Middleware wraps every attempt to send, for measuring, logging or refusing.
// It must be safe for concurrent use. Its own errors are classified by
// graph.Classify: an error without a class means an unknown outcome. To refuse
// a message permanently, return an error wrapped by [Refuse].
type Middleware func(next DeliverFunc) DeliverFunc

// Refuse marks an error of a middleware as permanent: the message was not sent
// and is not retried.
func Refuse(err error) error {
	if err == nil {
		return nil
	}
	return &refusal{err}
}

type refusal struct{ err error }

func (r *refusal) Error() string      { return r.err.Error() }
func (r *refusal) Unwrap() error      { return r.err }
func (r *refusal) Retry() graph.Retry { return graph.RetryNever }

// ErrSetAside is the error of a message that was not attempted, because the
// refusal of an earlier message of the same turn showed that this one would be
// refused too.
var ErrSetAside = errors.New("sending: not attempted after the refusal of an earlier message")

// ErrUncertain is the error of a message with an unknown outcome that is not
// sent again, because the bot sends at most once or has used up its attempts.
var ErrUncertain = errors.New("sending: outcome unknown")

// Failure is a message that will not be sent.
type Failure struct {
	Delivery
	// Err is the reason. errors.Is finds the sentinels of package graph in it,
	// and [ErrSetAside] and [ErrUncertain].
	Err error
}
