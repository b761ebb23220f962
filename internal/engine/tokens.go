package engine

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// FindCredentials returns where a page's token is from, and the secret of its app.
type FindCredentials func(ctx context.Context, page string) (tokens graph.TokenSource, appSecret secret.Value)

// Tokens returns the program's token sources, within bounds: a call may take no
// longer than the timeout, a panic is an error, a source that does not return is asked less
// and less often, and an attempt to send learns which credentials it used.
func Tokens(guard *Guard, find FindCredentials, timeout time.Duration) graph.CredentialSource {
	return &tokens{guard: guard, find: find, timeout: timeout, pauses: map[string]tokenPause{}}
}

type tokens struct {
	guard   *Guard
	find    FindCredentials
	timeout time.Duration

	mu     sync.Mutex
	pauses map[string]tokenPause // of pages whose source was stuck
}

// tokenPause is how long a source is not asked.
type tokenPause struct {
	until time.Time
	next  time.Duration // the pause after it
}

// Pauses of a token source that was stuck double from tokenPoll to this.
const longestTokenPause = 5 * time.Minute

// Token implements [graph.TokenSource].
func (t *tokens) Token(ctx context.Context, page string) (secret.Value, error) {
	token, _, err := t.Credentials(ctx, page)
	return token, err
}

// Credentials implements [graph.CredentialSource].
func (t *tokens) Credentials(ctx context.Context, page string) (token, appSecret secret.Value, err error) {
	source, appSecret := t.find(ctx, page)
	if token, err = t.ask(ctx, source, page); err != nil {
		token = secret.Value{}
	}
	if used, ok := ctx.Value(usedCredentialsKey{}).(*usedCredentials); ok {
		used.set(credentials{token, appSecret})
	}
	return token, appSecret, err
}

// constant is the type of a graph.PageToken. It and a graph.TokenMap have their tokens at
// hand, and are no code of the program's.
var constant = reflect.TypeOf(graph.PageToken(""))

func (t *tokens) ask(ctx context.Context, source graph.TokenSource, page string) (secret.Value, error) {
	if _, isMap := source.(graph.TokenMap); isMap || reflect.TypeOf(source) == constant {
		return source.Token(ctx, page)
	}
	if until, paused := t.paused(page); paused {
		return secret.Value{}, fmt.Errorf("the token source did not return; it is asked again in %v", time.Until(until).Round(time.Second))
	}
	about := code{name: "the token source", about: []any{"page", page}, limit: t.timeout}
	token, err := run(ctx, t.guard, about, func(ctx context.Context) (secret.Value, error) {
		token, err := source.Token(ctx, page)
		whenLate(ctx, func() { t.forget([]string{page}) })
		return token, err
	})
	switch {
	case errors.Is(err, errStuck):
		t.pause(page)
	case isPanic(err):
		err = fmt.Errorf("the token source panicked: %w", err)
	case err == nil:
		t.forget([]string{page})
	}
	return token, err
}

// paused reports whether the source of a page is not asked now. When a pause is over, one
// caller may ask.
func (t *tokens) paused(page string) (until time.Time, paused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, ok := t.pauses[page]
	if !ok {
		return time.Time{}, false
	}
	if now := time.Now(); !now.Before(p.until) {
		p.until = now.Add(p.next)
		p.next = min(2*p.next, longestTokenPause)
		t.pauses[page] = p
		return time.Time{}, false
	}
	return p.until, true
}

// pause has the source of a page not asked for a while. A pause that has begun stays.
func (t *tokens) pause(page string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.pauses[page]; !ok {
		t.pauses[page] = tokenPause{until: time.Now().Add(tokenPoll), next: 2 * tokenPoll}
	}
}

// forget has the sources of pages asked again.
func (t *tokens) forget(pageIDs []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, pageID := range pageIDs {
		delete(t.pauses, pageID)
	}
}

// credentials are what a call proves itself by. The platform refuses a good token with
// the proof of a wrong secret, so both count.
type credentials struct{ token, secret secret.Value }

func (c credentials) equal(other credentials) bool {
	return equal(c.token, other.token) && equal(c.secret, other.secret)
}

func equal(a, b secret.Value) bool { return a.Equal(b.Reveal()) || a.IsZero() && b.IsZero() }

// usedCredentials are those of one attempt. Code of it that was abandoned may still set
// them.
type usedCredentials struct {
	mu    sync.Mutex
	value credentials
}

func (u *usedCredentials) set(value credentials) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.value = value
}

func (u *usedCredentials) get() credentials {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.value
}

type usedCredentialsKey struct{}

func withUsedCredentials(ctx context.Context) (context.Context, *usedCredentials) {
	used := &usedCredentials{}
	return context.WithValue(ctx, usedCredentialsKey{}, used), used
}
