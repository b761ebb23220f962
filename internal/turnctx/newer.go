package turnctx

import (
	"context"

	"github.com/djmessenger/messenger/store"
)

type newerKey struct{}

// WithNewer returns a context of a route with CancelOnNewer. The function begins to cancel the context for newer messages.
func WithNewer(ctx context.Context, begin func()) context.Context {
	return context.WithValue(ctx, newerKey{}, begin)
}

// CancelOnNewer begins to cancel the context of the route for newer messages, if the route says so. The engine calls it before
// each Handle, except for handlers that are [Newer], which call it themselves.
func CancelOnNewer(ctx context.Context) {
	if begin, ok := ctx.Value(newerKey{}).(func()); ok {
		begin()
	}
}

// Newer is implemented by handlers of which not every event is work that a newer message makes obsolete.
type Newer interface{ CallsCancelOnNewer() }

// KeptError is returned by a handler whose context has ended for a newer message, and which keeps something for that. The engine drops
// all else that the route has queued.
type KeptError struct {
	Err    error
	Writes []store.Write
}

func (e *KeptError) Error() string { return e.Err.Error() }
func (e *KeptError) Unwrap() error { return e.Err }
