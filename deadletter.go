package messenger

import (
	"context"

	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// DeadLetter is an event with routes that failed permanently, as [Config].OnDeadLetter
// gets it.
type DeadLetter struct {
	// DeadLetter is what the store has: the letter's id for Replay and Drop, the
	// attempts, the routes that failed, and why. The ID is 0 if the letter was gone
	// already, or the store could not be read.
	store.DeadLetter
	// Received is the event, or nil if it could not be decoded.
	Received *receiving.Event
	// Err joins the errors of the routes, so that errors.Is and errors.As find theirs.
	Err error
}

// onDeadLetter is what the engine calls, or nil.
func onDeadLetter(call func(ctx context.Context, letter DeadLetter)) func(ctx context.Context, letter engine.DeadLetter) {
	if call == nil {
		return nil
	}
	return func(ctx context.Context, d engine.DeadLetter) {
		call(ctx, DeadLetter{DeadLetter: d.Letter, Received: d.Event, Err: d.Err})
	}
}
