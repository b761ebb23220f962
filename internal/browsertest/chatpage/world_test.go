package chatpage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

const ada = "7100000000000001"

// world is a simulator with a server, and a bot that takes all callbacks.
type world struct {
	*simulator.Simulator
	t       *testing.T
	url     string
	webhook string
	taken   chan string // the bodies of callbacks that the bot has taken
}

func serve(t *testing.T, cfg simulator.Config) *world {
	t.Helper()
	w := &world{t: t, taken: make(chan string, 10000)}
	bot := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.taken <- string(body)
	}))
	t.Cleanup(bot.Close)
	if cfg.WebhookURL == "" {
		cfg.WebhookURL = bot.URL
	}
	w.webhook = cfg.WebhookURL
	cfg.Seed = 1
	var err error
	w.Simulator, err = simulator.New(cfg)
	require.NoError(t, err)
	srv := httptest.NewServer(w.Simulator)
	t.Cleanup(func() {
		_ = w.Close() // ends the streams of the page
		srv.Close()
	})
	w.url = srv.URL + "/"
	return w
}

// told waits until the bot is told something: a callback with all of these texts, after those that were asked for before. It returns
// the body; the texts are compared with the JSON without escapes.
func (w *world) told(texts ...string) string {
	w.t.Helper()
	var others []string
	for deadline := time.After(time.Minute); ; {
		select {
		case body := <-w.taken:
			if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(plain(w.t, body), text) }) {
				return body
			}
			others = append(others, body)
		case <-deadline:
			require.Fail(w.t, "the bot was not told", "%q; it was told\n%s", texts, strings.Join(others, "\n"))
		}
	}
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

// plain is JSON without escapes of characters that need none, and with the names in order.
func plain(t *testing.T, body string) string {
	t.Helper()
	var value any
	from := json.NewDecoder(strings.NewReader(body))
	from.UseNumber()
	require.NoError(t, from.Decode(&value))
	var out strings.Builder
	to := json.NewEncoder(&out)
	to.SetEscapeHTML(false)
	require.NoError(t, to.Encode(value))
	return out.String()
}
