package graph

import "context"

type clientKey struct{}

// With returns a context that carries the client. The engine hands it to the handlers of a turn.
func With(ctx context.Context, client *Client) context.Context {
	return context.WithValue(ctx, clientKey{}, client)
}

// From returns the client that ctx carries, or nil if there is none.
func From(ctx context.Context) *Client {
	client, _ := ctx.Value(clientKey{}).(*Client)
	return client
}
