package messenger_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// proofOf is the hexadecimal HMAC-SHA256 of a text under a key.
func proofOf(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// blabbing is a transport, as debugging proxies are, whose errors repeat all that
// it was given, and a platform that does the same.
type blabbing struct {
	next    http.RoundTripper
	mu      sync.Mutex
	outcome int
}

func (b *blabbing) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	b.outcome++
	outcome := b.outcome
	b.mu.Unlock()
	all := fmt.Sprintf("%s %s %v", r.Method, r.URL, r.Header)
	switch outcome % 4 {
	case 0:
		return nil, fmt.Errorf("the connection broke: %s", all)
	case 1:
		body, _ := json.Marshal(map[string]any{"error": map[string]any{"code": 190, "type": "OAuthException", "message": "Malformed access token " + all}})
		return &http.Response{StatusCode: 400, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
	case 2:
		return &http.Response{StatusCode: 502, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("<html>" + all)), Request: r}, nil
	}
	return b.next.RoundTrip(r)
}

// Whatever goes wrong between the bot and the platform, no secret is in a log
// line, an error, a record or a printed value.
func TestSecretsDoNotLeak(t *testing.T) {
	t.Parallel()
	said := &bubble.Log{}
	tell := func(values ...any) {
		for _, value := range values {
			_, _ = fmt.Fprintf(said, "%v\n%+v\n%#v\n%q\n", value, value, value, value)
			encoded, _ := json.Marshal(value)
			_, _ = said.Write(append(encoded, '\n'))
			slog.New(slog.NewJSONHandler(said, nil)).Error("told", "value", value)
		}
	}
	transport := &blabbing{}
	cfg := messenger.Config{
		HTTPClient:     &http.Client{Transport: transport},
		Logger:         slog.New(slog.NewJSONHandler(said, &slog.HandlerOptions{Level: slog.LevelDebug})),
		OnSendFailed:   func(_ context.Context, failure sending.Failure) { tell(failure) },
		OnTokenInvalid: func(_ context.Context, _ string, err error) { tell(err) },
		Policy:         texts(three),
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		transport.next = bubble.InProcess{Handler: func() http.Handler { return w.Simulator }}
		for range 8 {
			w.Says(ada, "go")
			w.Says(lin, "go")
			after(6 * time.Minute)
		}
		_, err := w.bot.Client().Profile(w.T.Context(), pageID, ada)
		tell(err)
		_, err = w.bot.Client().Upload(w.T.Context(), pageID, "image", "a.png", "image/png", strings.NewReader("a"))
		tell(err)

		// A callback with a signature, wrong by one digit.
		r, err := http.NewRequestWithContext(w.T.Context(), http.MethodPost, "http://bot.example/webhook", strings.NewReader(`{}`))
		require.NoError(t, err)
		r.Header.Set("X-Hub-Signature-256", "sha256="+strings.Repeat("0", 64))
		resp, err := bubble.InProcess{Handler: func() http.Handler { return w.bot }}.RoundTrip(r)
		require.NoError(t, err)
		_, err = io.Copy(said, resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())

		stats, err := w.bot.Stats(w.T.Context())
		require.NoError(t, err)
		for _, psid := range []string{ada, lin} {
			sent, err := w.Store.Sent(w.T.Context(), pageID, psid, 1000)
			require.NoError(t, err)
			tell(sent)
		}
		w.Stop()
		whole := messenger.Config{Apps: messenger.App(appSecret), Tokens: graph.PageToken(pageToken), VerifyToken: secret.New(verifyToken)}
		_, err = messenger.New(messenger.Config{Apps: whole.Apps, MaxBody: -1})
		tell(whole, w.bot, stats, w.Letters(), err, w.bot.Client())
	})
	text := said.String()
	require.Contains(t, text, "the connection broke", "something went wrong")
	require.Contains(t, text, "Malformed access token", "and something else")
	for name, hidden := range map[string]string{
		"the page's token": pageToken, "the app's secret": appSecret, "the verify token": verifyToken,
		"the proof of the secret": proofOf(appSecret, pageToken),
		"the computed signature":  proofOf(appSecret, `{}`),
	} {
		require.NotContains(t, text, hidden, name)
	}
}
