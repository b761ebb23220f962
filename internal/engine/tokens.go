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
// which credentials it used.
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
		if used, ok := ctx.Value(usedCredentialsKey{}).(*usedCredentials); ok {
			used.value = credentials{token, appSecret}
		}
		err = printable(err)
	}()
	source, appSecret := t.find(ctx, page)
	bounded, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	token, err = source.Token(bounded, page)
	return token, appSecret, err
}

// credentials are what a call proves itself by. The platform refuses a good token with
// the proof of a wrong secret, so both count.
type credentials struct{ token, secret secret.Value }

func (c credentials) equal(other credentials) bool {
	return equal(c.token, other.token) && equal(c.secret, other.secret)
}

func equal(a, b secret.Value) bool { return a.Equal(b.Reveal()) || a.IsZero() && b.IsZero() }

// usedCredentials are those of one attempt.
type usedCredentials struct{ value credentials }

type usedCredentialsKey struct{}

func withUsedCredentials(ctx context.Context) (context.Context, *usedCredentials) {
	used := &usedCredentials{}
	return context.WithValue(ctx, usedCredentialsKey{}, used), used
}
