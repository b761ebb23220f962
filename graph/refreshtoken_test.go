package graph_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// refreshed is a RefreshedToken with what it hides, to compare.
type refreshed struct {
	token string
	life  time.Duration
}

func refresh(ctx context.Context, c *graph.Client) (any, error) {
	got, err := c.RefreshToken(ctx, "5", secret.Value{})
	return refreshed{got.Token.Reveal(), got.Life}, err
}

func TestRefreshToken(t *testing.T) {
	t.Parallel()
	const wire = `GET refresh_access_token?grant_type=ig_refresh_token`
	runExchanges(t, map[string]exchange{
		"another token": {call: refresh, wire: wire, answer: `{"access_token":"IGAA-new","token_type":"bearer","expires_in":5183944}`,
			want: refreshed{"IGAA-new", 5183944 * time.Second}},
		"of a token": {wire: wire, bearer: "IGAA-old", answer: `{"access_token":"IGAA-new","expires_in":60}`, want: refreshed{"IGAA-new", time.Minute},
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				got, err := c.RefreshToken(ctx, "5", secret.New("IGAA-old"))
				return refreshed{got.Token.Reveal(), got.Life}, err
			}},
		"life as a text": {call: refresh, wire: wire, answer: `{"access_token":"IGAA","expires_in":"60"}`, want: refreshed{"IGAA", time.Minute}},
		"beyond reason": {call: refresh, wire: wire, answer: `{"access_token":"IGAA","expires_in":9223372036854775807}`,
			want: refreshed{"IGAA", (1<<31 - 1) * time.Second}},
	})
	for _, answer := range []string{`{"expires_in":60}`, `{"access_token":"IGAA"}`, `{"access_token":"IGAA","expires_in":0}`, `{"access_token":"IGAA","expires_in":-5}`} {
		got, err := newPlatform(t, answering(http.StatusOK, answer)).client(t).RefreshToken(t.Context(), "5", secret.Value{})
		require.ErrorAs(t, err, new(*graph.ResponseError), answer)
		require.True(t, got.Token.IsZero())
		require.NotContains(t, err.Error(), "IGAA")
	}
}

// TestCallsGoToTheBaseURLOfTheirPage: each page's calls go to its own host, sends, reads and batches alike.
func TestCallsGoToTheBaseURLOfTheirPage(t *testing.T) {
	t.Parallel()
	facebook, instagram := newPlatform(t, answering(http.StatusOK, `{"message_id":"m"}`)), newPlatform(t, func(w http.ResponseWriter, r *http.Request) {
		answer := `{"message_id":"m"}`
		if r.Method == http.MethodPost && r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
			answer = `[{"code":200,"body":"{}"}]`
		}
		_, _ = w.Write([]byte(answer))
	})
	client, err := graph.New(graph.Config{
		BaseURL: facebook.URL + "/prefix",
		BaseURLOf: func(_ context.Context, pageID string) string {
			return map[string]string{"9": instagram.URL + "/prefix", "8": "ftp://user:hunter2@host?q"}[pageID]
		},
		Tokens: graph.TokenFunc(func(_ context.Context, pageID string) (secret.Value, error) {
			return secret.New("token-" + pageID), nil
		}),
	})
	require.NoError(t, err)
	for _, pageID := range []string{"1", "9"} {
		_, err = client.SendMessage(t.Context(), pageID, map[string]any{})
		require.NoError(t, err)
		require.NoError(t, client.Do(t.Context(), graph.Request{PageID: pageID, Path: "me"}, new(json.RawMessage)))
	}
	_, err = client.Batch(t.Context(), "9", graph.Request{Path: "me"})
	require.NoError(t, err)
	bearers := func(p *platform) (list []string) {
		for _, c := range p.received(t) {
			list = append(list, c.header.Get("Authorization"))
		}
		return list
	}
	require.Equal(t, []string{"Bearer token-1", "Bearer token-1"}, bearers(facebook))
	require.Equal(t, []string{"Bearer token-9", "Bearer token-9", "Bearer token-9"}, bearers(instagram))

	err = client.Do(t.Context(), graph.Request{PageID: "8", Path: "me"}, nil)
	require.ErrorAs(t, err, new(*graph.RequestError))
	require.ErrorContains(t, err, "Config.BaseURLOf: scheme must be http or https\nmust not carry a user or a password\nmust not have a query or a fragment")
	require.NotContains(t, err.Error(), "hunter2")
	_, err = client.Batch(t.Context(), "8", graph.Request{Path: "me"})
	require.ErrorAs(t, err, new(*graph.RequestError))
}
