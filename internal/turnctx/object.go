package turnctx

import "context"

type objectKey struct{}

// WithObject returns a context in which [ObjectFrom] finds the product of the turn's event.
func WithObject(ctx context.Context, object string) context.Context {
	return context.WithValue(ctx, objectKey{}, object)
}

// ObjectFrom returns the product of the event of the context's turn, as the platform names it; "" outside of a turn of the engine.
func ObjectFrom(ctx context.Context) string {
	object, _ := ctx.Value(objectKey{}).(string)
	return object
}
