package turnctx

import "context"

type mutedKey struct{}

// WithMuted returns a context of a route that may not answer since the bot keeps silent.
func WithMuted(ctx context.Context) context.Context {
	return context.WithValue(ctx, mutedKey{}, true)
}

// Muted reports whether the route of the context may not answer since the bot keeps silent.
func Muted(ctx context.Context) bool {
	muted, _ := ctx.Value(mutedKey{}).(bool)
	return muted
}
