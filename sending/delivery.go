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
	// PersonID is the person's, also when the message is addressed otherwise;
	// it may be empty then.
	PersonID string
	// Object is the product of the event that is answered; empty for what was
	// sent from outside of a turn.
	Object receiving.Object
	// Key is the send's idempotency key: the same on every attempt.
	Key string
	// Attempt counts from 1.
	Attempt int
	// CreatedAt is when the message was queued.
	CreatedAt time.Time
	Message   Message
}

// DeliverFunc makes an attempt. It returns what the platform answered; see
// package graph for the errors.
type DeliverFunc func(ctx context.Context, d Delivery) (graph.SendResult, error)

// Middleware wraps every attempt to send, for measuring, logging or refusing.
// It must be safe for concurrent use. An error that it makes itself is taken
// by its graph.Classify, so an error without a class counts as a send of
// unknown fate; to refuse a message for good return one wrapped by [Refuse].
type Middleware func(next DeliverFunc) DeliverFunc

// Refuse marks an error of a middleware: the message was not sent and will not
// be.
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

// ErrSetAside is the error of a message that was not tried, because one before
// it in the same turn showed that it would be refused.
var ErrSetAside = errors.New("sending: set aside after an earlier message was refused")

// ErrUncertain is the error of a message whose fate is unknown and that is not
// sent again, because the bot is configured to send at most once or has tried
// often enough.
var ErrUncertain = errors.New("sending: nobody knows whether the message was sent")

// Failure is a message that will not be sent.
type Failure struct {
	Delivery
	// Err says why. errors.Is finds the sentinels of package graph in it, and
	// [ErrSetAside] and [ErrUncertain].
	Err error
}
