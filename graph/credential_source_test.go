package graph_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// pairs knows a token and a secret for each page.
type pairs struct{ graph.TokenMap }

func (p pairs) Credentials(ctx context.Context, pageID string) (token, appSecret secret.Value, err error) {
	token, err = p.Token(ctx, pageID)
	return token, secret.New("secret of " + pageID), err
}

// hexMAC is the proof of a token under a secret.
func hexMAC(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestCredentialSourceSignsATokenWithItsOwnSecret(t *testing.T) {
	t.Parallel()
	var authorization, proof string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization, proof = r.Header.Get("Authorization"), r.URL.Query().Get("appsecret_proof")
		_, _ = w.Write([]byte(`{}`))
	}))
	defer server.Close()
	client, err := graph.New(graph.Config{
		AppSecret: func(string) secret.Value { return secret.New("of the client") },
		BaseURL:   server.URL,
		Tokens:    pairs{graph.TokenMap{"1": secret.New("token-1"), "2": secret.New("token-2")}},
	})
	require.NoError(t, err)
	call := func(request graph.Request) {
		require.NoError(t, client.Do(t.Context(), request, nil))
	}
	call(graph.Request{Path: "me", PageID: "2"})
	require.Equal(t, "Bearer token-2", authorization)
	require.Equal(t, hexMAC("secret of 2", "token-2"), proof)
	call(graph.Request{Path: "me", PageID: "2", Token: secret.New("another")})
	require.Equal(t, hexMAC("of the client", "another"), proof)
	require.ErrorIs(t, client.Do(t.Context(), graph.Request{Path: "me", PageID: "3"}, nil), graph.ErrNoToken)
}
