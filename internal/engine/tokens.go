package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// Tokens returns the program's token source, within bounds: a call may take no
// longer than the timeout, a panic is an error, and an attempt to send learns
// which token it used.
func Tokens(source graph.TokenSource, timeout time.Duration) graph.TokenSource {
	return graph.TokenFunc(func(ctx context.Context, page string) (token secret.Value, err error) {
		defer func() {
			if value := recover(); value != nil {
				token, err = secret.Value{}, fmt.Errorf("the token source panicked: %v", value)
			}
			if used, ok := ctx.Value(usedTokenKey{}).(*usedToken); ok {
				used.value = token
			}
			err = printable(err)
		}()
		bounded, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return source.Token(bounded, page)
	})
}

// usedToken is the token of one attempt.
type usedToken struct{ value secret.Value }

type usedTokenKey struct{}

func withUsedToken(ctx context.Context) (context.Context, *usedToken) {
	used := &usedToken{}
	return context.WithValue(ctx, usedTokenKey{}, used), used
}
