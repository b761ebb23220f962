package handling

import (
	"context"
	"time"
)

// Turn is what the bot says about the turn that a context belongs to, for middleware
// and handlers.
type Turn struct {
	// Attempt counts the tries of the event, from 1. A run that ended with [RetryAfter]
	// is no try, up to Retry.MaxWait.
	Attempt int
	// At is when the event happened, by the platform's clock, or when it arrived, if it
	// carries no time that can be true. For a replayed dead letter it is now.
	At time.Time
	// Now returns the current time by the store's clock. See [Now].
	Now func() time.Time
	// Replayed reports that the event was a dead letter and is run again.
	Replayed bool
	// Dialogs are the handlers of the policy's routes under receiving.TypeDialog, in order.
	Dialogs []DialogHandler
	// Progress returns what the turn has come to so far. It is nil outside of a turn.
	Progress func() Progress
}

// Progress is what a turn has come to.
type Progress struct {
	// Routes are the routes that have handled the event, or failed, in order.
	Routes []RouteResult
	// Silence is why the bot does not answer; nil if it may, and before the routes run.
	Silence *Silence
}

// RouteResult is what a route of a turn has come to.
type RouteResult struct {
	// Name is the route's name.
	Name string
	// Messages is how many messages it sends when the turn commits, and Refused how
	// many of its answers the event does not allow.
	Messages, Refused int
	// Err is why it failed, or nil.
	Err error
}

// Now returns the current time by the store's clock in a turn, and time.Now outside of
// one. It is the clock to compare the store's times with, such as store.Person.LastAct:
// the clocks of replicas may differ, and tests may move the store's. It is behind the
// store's clock by at most the time that the answer to the claim took. Times that the
// platform gave are by the platform's clock, which the store's is close to.
func Now(ctx context.Context) time.Time {
	if now := TurnFrom(ctx).Now; now != nil {
		return now()
	}
	return time.Now()
}

type turnKey struct{}

// WithTurn returns a context of a turn. The bot calls it; so do tests of middleware.
func WithTurn(ctx context.Context, turn Turn) context.Context {
	return context.WithValue(ctx, turnKey{}, turn)
}

// TurnFrom returns what the bot says about the context's turn; the zero Turn outside of
// one.
func TurnFrom(ctx context.Context) Turn {
	turn, _ := ctx.Value(turnKey{}).(Turn)
	return turn
}
