package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// FindCredentials returns where a page's token is from, and the secret of its app.
type FindCredentials func(ctx context.Context, page string) (tokens graph.TokenSource, appSecret secret.Value)

// Tokens returns the program's token sources, within bounds: a call may take no
// longer than the timeout, a panic is an error, and an attempt to send learns
// which token it used.
func Tokens(find FindCredentials, timeout time.Duration) graph.CredentialSource {
	return tokens{find: find, timeout: timeout}
}

type tokens struct {
	find    FindCredentials
	timeout time.Duration
}

// Token implements [graph.TokenSource].
func (t tokens) Token(ctx context.Context, page string) (secret.Value, error) {
	token, _, err := t.Credentials(ctx, page)
	return token, err
}

// Credentials implements [graph.CredentialSource].
func (t tokens) Credentials(ctx context.Context, page string) (token, appSecret secret.Value, err error) {
	defer func() {
		if value := recover(); value != nil {
			token, err = secret.Value{}, fmt.Errorf("the token source panicked: %v", value)
		}
		if used, ok := ctx.Value(usedTokenKey{}).(*usedToken); ok {
			used.value = token
		}
		err = printable(err)
	}()
	source, appSecret := t.find(ctx, page)
	bounded, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	token, err = source.Token(bounded, page)
	return token, appSecret, err
}

// usedToken is the token of one attempt.
type usedToken struct{ value secret.Value }

type usedTokenKey struct{}

func withUsedToken(ctx context.Context) (context.Context, *usedToken) {
	used := &usedToken{}
	return context.WithValue(ctx, usedTokenKey{}, used), used
}
