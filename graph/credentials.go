package graph

import (
	"context"
	"fmt"
	"net/http"

	"github.com/djmessenger/messenger/secret"
)

// proofParameter is where a signed call carries its proof.
const proofParameter = "appsecret_proof"

// credentials are what one call proves itself by.
type credentials struct {
	key   secret.Value // the app's secret; zero: the call is not signed
	proof secret.Value
	token secret.Value
}

func (c *Client) credentials(ctx context.Context, request Request) (credentials, error) {
	token, key, err := c.tokenAndSecret(ctx, request)
	if err != nil {
		return credentials{}, err
	}
	if token.IsZero() {
		return credentials{}, fmt.Errorf("%w: page %q", ErrNoToken, request.PageID)
	}
	if !isHeaderText(token.Reveal()) {
		return credentials{}, fmt.Errorf("%w: the token for page %q has a character that no token has", ErrTokenInvalid, request.PageID)
	}
	found := credentials{token: token}
	if !key.IsZero() {
		found.key, found.proof = key, c.proof(key, token)
	}
	return found, nil
}

// tokenAndSecret returns what a call bears and what it is signed with.
func (c *Client) tokenAndSecret(ctx context.Context, request Request) (token, key secret.Value, err error) {
	if !request.Token.IsZero() {
		return request.Token, c.config.AppSecret(request.PageID), nil
	}
	if source, ok := c.config.Tokens.(CredentialSource); ok {
		return source.Credentials(ctx, request.PageID)
	}
	if token, err = c.config.Tokens.Token(ctx, request.PageID); err != nil {
		return secret.Value{}, secret.Value{}, err
	}
	return token, c.config.AppSecret(request.PageID), nil
}

// isHeaderText keeps a token with a line break, as files have them, from an error in net/http that would print it.
func isHeaderText(token string) bool {
	for _, character := range []byte(token) {
		if character <= ' ' || character > '~' {
			return false
		}
	}
	return true
}

// sign puts the token in a header, since URLs end up in the logs of every host on the way, and the proof where the
// platform wants it, in the query.
func (c credentials) sign(request *http.Request) {
	request.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	if c.proof.IsZero() {
		return
	}
	proof := proofParameter + "=" + c.proof.Reveal() // hexadecimal digits need no escape
	if request.URL.RawQuery != "" {
		proof += "&" + request.URL.RawQuery
	}
	request.URL.RawQuery = proof
}
