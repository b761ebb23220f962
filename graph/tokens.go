package graph

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/secret"
)

// Me is the path segment by which the Graph API knows the owner of the access token. Sends go to it, since the id under
// which Instagram announces an account is not the id of a page.
const Me = "me"

// TokenSource finds the access token of a page. It is asked anew for every call, so that a renewed token serves at once;
// sources which are slow keep what they found.
//
// Token is called from many goroutines at once. A page without a token is a zero Value or an error that matches
// [ErrNoToken]. Any other error says that the source itself failed, and the call may be tried again.
type TokenSource interface {
	Token(ctx context.Context, pageID string) (secret.Value, error)
}

// CredentialSource is a [TokenSource] that also knows of which app a token is, for programs that serve pages of several
// apps. If Config.Tokens is one, it is asked for both in one call, so that a token is never signed with the secret of another
// app, and Config.AppSecret is asked only for calls with a [Request.Token].
type CredentialSource interface {
	TokenSource

	// Credentials returns the token of a page, as Token does, and the secret of the token's app: zero for calls that are not
	// signed.
	Credentials(ctx context.Context, pageID string) (token, appSecret secret.Value, err error)
}

// TokenFunc is a function that serves as a [TokenSource].
type TokenFunc func(ctx context.Context, pageID string) (secret.Value, error)

// Token implements [TokenSource].
func (f TokenFunc) Token(ctx context.Context, pageID string) (secret.Value, error) {
	return f(ctx, pageID)
}

// PageToken is the [TokenSource] of a bot with one page: every page has this token.
func PageToken(token string) TokenSource {
	return pageToken{token: secret.New(token)}
}

type pageToken struct {
	token secret.Value
}

// Token implements [TokenSource].
func (p pageToken) Token(context.Context, string) (secret.Value, error) {
	return p.token, nil
}

// TokenMap is a [TokenSource] with a token for each page, by the page's id. It must not change while a client uses it.
type TokenMap map[string]secret.Value

// Token implements [TokenSource]. A page that the map does not know gives an error that matches [ErrNoToken].
func (m TokenMap) Token(_ context.Context, pageID string) (secret.Value, error) {
	token := m[pageID]
	if token.IsZero() {
		return secret.Value{}, fmt.Errorf("%w: page %q", ErrNoToken, pageID)
	}
	return token, nil
}
