package graph

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/djmessenger/messenger/secret"
)

// proofParameter is where a signed call carries its proof.
const proofParameter = "appsecret_proof"

// credentials are what one call proves itself by.
type credentials struct {
	proof secret.Value // zero: the call is not signed
	token secret.Value
}

func (c *Client) credentials(ctx context.Context, page string) (credentials, error) {
	token, err := c.config.Tokens.Token(ctx, page)
	if err != nil {
		return credentials{}, err
	}
	if token.IsZero() {
		return credentials{}, fmt.Errorf("%w: page %q", ErrNoToken, page)
	}
	if !isHeaderText(token.Reveal()) {
		return credentials{}, fmt.Errorf("%w: the token of page %q has a character that no token has", ErrTokenInvalid, page)
	}
	found := credentials{token: token}
	if key := c.config.AppSecret(page); !key.IsZero() {
		found.proof = secret.New(appSecretProof(key, token))
	}
	return found, nil
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

// appSecretProof is the hexadecimal HMAC-SHA256 of a token under the app's secret. See
// https://developers.facebook.com/docs/graph-api/guides/secure-requests.
func appSecretProof(key, token secret.Value) string {
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	mac.Write([]byte(token.Reveal()))
	return hex.EncodeToString(mac.Sum(nil))
}

// sign puts the token in a header, since URLs end up in the logs of every host on the way, and the proof where the
// platform wants it, in the query.
func (c credentials) sign(request *http.Request) {
	request.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	if c.proof.IsZero() {
		return
	}
	query := request.URL.Query()
	query.Set(proofParameter, c.proof.Reveal())
	request.URL.RawQuery = query.Encode()
}
