package chatpage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

const ada = "7100000000000001"

// world is a simulator with a server, and a bot that takes all callbacks.
type world struct {
	*simulator.Simulator
	t   *testing.T
	url string
}

func serve(t *testing.T, cfg simulator.Config) *world {
	t.Helper()
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	t.Cleanup(bot.Close)
	if cfg.WebhookURL == "" {
		cfg.WebhookURL = bot.URL
	}
	cfg.Seed = 1
	sim, err := simulator.New(cfg)
	require.NoError(t, err)
	srv := httptest.NewServer(sim)
	t.Cleanup(func() {
		_ = sim.Close() // ends the streams of the page
		srv.Close()
	})
	return &world{sim, t, srv.URL + "/"}
}

// says lets Ada write, which opens the window.
func (w *world) says(text string) {
	w.t.Helper()
	_, err := w.Say(context.Background(), ada, text)
	require.NoError(w.t, err)
}

// call makes a Graph call as the bot and returns its status.
func (w *world) call(method, path string, body any) int {
	w.t.Helper()
	return w.callAs("simulator-page-token", method, path, body)
}

func (w *world) callAs(token, method, path string, body any) int {
	w.t.Helper()
	data, err := json.Marshal(body)
	require.NoError(w.t, err)
	req, err := http.NewRequestWithContext(context.Background(), method, w.url+"v27.0/"+path, bytes.NewReader(data))
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	answer, _ := io.ReadAll(resp.Body)
	require.NoError(w.t, resp.Body.Close())
	if resp.StatusCode != http.StatusOK {
		w.t.Logf("%s: %d %.200s", path, resp.StatusCode, answer)
	}
	return resp.StatusCode
}

// sends lets the page send a message to Ada.
func (w *world) sends(m sending.Message) {
	w.t.Helper()
	require.NoError(w.t, m.Validate(""))
	body, err := m.Request(sending.Recipient{ID: ada}, "")
	require.NoError(w.t, err)
	require.Equal(w.t, http.StatusOK, w.call(http.MethodPost, "me/messages", body))
}
