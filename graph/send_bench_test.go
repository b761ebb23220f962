package graph_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// BenchmarkSendMessage is what a send costs besides the transport.
func BenchmarkSendMessage(b *testing.B) {
	client, err := graph.New(graph.Config{
		AppSecret:  func(string) secret.Value { return secret.New("app-secret") },
		HTTPClient: &http.Client{Transport: granting{}},
		Tokens:     graph.PageToken("page-token"),
	})
	require.NoError(b, err)
	body := json.RawMessage(`{"recipient":{"id":"9"},"messaging_type":"RESPONSE","message":{"text":"you said hello","metadata":"abc"}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.SendMessage(b.Context(), "10", body); err != nil {
			b.Fatal(err)
		}
	}
}

// granting grants every call.
type granting struct{}

func (granting) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(`{"recipient_id":"9","message_id":"m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM_QPpz5jdCK48PnKAjSdjfipqxqMvK8ma6AC8fplwlqLP_5cgXIbu7I3rBN0P"}`)),
	}, nil
}
