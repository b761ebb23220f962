package simulator_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// TestABotThatSendsMegabytes: of what it sent the newest is kept, and not all of it.
func TestABotThatSendsMegabytes(t *testing.T) {
	t.Parallel()
	p := newSim(t, simulator.Config{})
	text := strings.Repeat("x", 22<<20)
	for range 3 {
		r := httptest.NewRequest("GET", "/v27.0/me", strings.NewReader(text))
		r.Host = "localhost:9090"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answerOf(p, r)
	}
	kept := 0
	requests := p.Requests()
	require.Len(t, requests, 3)
	for _, r := range requests {
		kept += len(r.Body)
	}
	require.LessOrEqual(t, kept, 64<<20)
	require.Empty(t, requests[0].Body)
	require.NotEmpty(t, requests[2].Body)
	_, err := p.Again(t.Context(), requests[0].Seq, simulator.Repetition{})
	require.ErrorContains(t, err, "was too long to be kept")
	_, err = p.Snippet(requests[0].Seq, simulator.SnippetCurl)
	require.ErrorContains(t, err, "were not kept")
	require.Less(t, p.FeedBytes(), 64<<20, "nor for browsers")
}
