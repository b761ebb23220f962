package messenger_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

const (
	appID       = "1000000000000001"
	appSecret   = "test-app-secret"
	pageID      = "100000000000001"
	pageToken   = "test-page-token"
	verifyToken = "test-verify-token"
	ada         = "7100000000000001"
	lin         = "7100000000000002"
)

// inProcess is a transport that calls a handler, so that everything stays
// inside of the test's bubble, where time stands still until all wait.
type inProcess struct{ handler func() http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if r = r.Clone(r.Context()); r.Body == nil {
		r.Body = http.NoBody // as a server has it
	}
	p.handler().ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// world is a bot and a platform in a bubble.
type world struct {
	*simulator.Simulator
	t     *testing.T
	bot   *messenger.Bot
	store store.Store
	cfg   messenger.Config
	stop  func() // ends the bot's Run and waits for it
}

// inBubble runs a test with a bot on a platform, with fake time.
func inBubble(t *testing.T, platform simulator.Config, cfg messenger.Config, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, platform, cfg)
		test(w)
		require.NoError(t, w.Close())
		w.stop()
	})
}

// newWorld makes a platform and a bot that runs. The test is in a bubble; it closes the platform and stops the bot.
func newWorld(t *testing.T, platform simulator.Config, cfg messenger.Config) *world {
	t.Helper()
	w := &world{t: t}
	platform.AppID, platform.AppSecret, platform.PageID = appID, appSecret, pageID
	platform.PageToken, platform.VerifyToken = pageToken, verifyToken
	platform.WebhookURL = "http://bot.example/webhook"
	platform.Client = &http.Client{Transport: inProcess{func() http.Handler { return w.bot }}}
	var err error
	w.Simulator, err = simulator.New(platform)
	require.NoError(t, err)
	w.store = cfg.Store
	if w.store == nil {
		w.store = memory.New(memory.Config{})
	}
	w.cfg = cfg
	w.start()
	return w
}

// start builds a bot, a new one after the last was stopped, and runs it.
func (w *world) start() {
	w.t.Helper()
	cfg := w.cfg
	cfg.Apps = []receiving.App{{ID: appID, Secrets: []secret.Value{secret.New(appSecret)}}}
	cfg.VerifyToken = secret.New(verifyToken)
	if cfg.Tokens == nil {
		cfg.Tokens = graph.PageToken(pageToken)
	}
	cfg.GraphURL = "http://graph.example"
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = &http.Client{Transport: inProcess{func() http.Handler { return w.Simulator }}}
	}
	cfg.Store = w.store
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.NewTextHandler(w.t.Output(), nil))
	}
	bot, err := messenger.New(cfg)
	require.NoError(w.t, err)
	w.bot = bot
	ctx, cancel := context.WithCancel(w.t.Context())
	wait := runLabelled(ctx, bot)
	w.stop = func() {
		w.t.Helper()
		cancel()
		if wait != nil {
			wait(w.t, synctest.Wait)
			wait = nil
		}
	}
}

// says lets a person write, and waits until the callback was answered.
func (w *world) says(psid, text string) {
	w.t.Helper()
	_, err := w.Say(w.t.Context(), psid, text)
	require.NoError(w.t, err)
	require.NoError(w.t, w.Flush(w.t.Context()))
}

// texts returns the texts that a person got so far.
func (w *world) texts(psid string) []string {
	var out []string
	for _, m := range w.Messages(psid) {
		if m.From == simulator.FromPage {
			out = append(out, m.Text)
		}
	}
	return out
}

// after lets time pass.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// person returns what the store knows of a person; the zero Person if nothing.
func (w *world) person(psid string) store.Person {
	w.t.Helper()
	p, err := w.store.Person(w.t.Context(), pageID, psid)
	if !errors.Is(err, store.ErrNotFound) {
		require.NoError(w.t, err)
	}
	return p
}

// letters returns the dead letters.
func (w *world) letters() []store.DeadLetter {
	w.t.Helper()
	dead, err := as[store.DeadLetters](w.t, w.store).Dead(w.t.Context(), store.DeadQuery{})
	require.NoError(w.t, err)
	return dead
}

// thumb is a handler with an effect that can be counted.
func thumb(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
	return store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID})
}

// dies claims what a conversation has, as a process does that ends before it
// commits anything.
func (w *world) dies() store.Lease {
	w.t.Helper()
	leases, err := w.store.Claim(w.t.Context(), store.Claim{
		Owner: "dead", Conversations: 1, Events: 16, Background: 1, Suspects: store.Suspects{1, 1, 1}, TTL: time.Millisecond,
	})
	require.NoError(w.t, err)
	require.Len(w.t, leases, 1)
	after(2 * time.Millisecond)
	return leases[0]
}

// as returns a capability of a store.
func as[T any](t testing.TB, st store.Store) T {
	t.Helper()
	found, ok := store.As[T](st)
	require.True(t, ok, "the store lacks a capability")
	return found
}
