package bubble

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

	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// The platform of a [World], and two people who are on it.
const (
	AppID       = "1000000000000001"
	AppSecret   = "test-app-secret"
	PageID      = "100000000000001"
	PageToken   = "test-page-token"
	VerifyToken = "test-verify-token"
	Ada         = "7100000000000001"
	Lin         = "7100000000000002"

	// GraphURL is where [World.Client] has the Graph API.
	GraphURL = "http://graph.test"
)

// InProcess is a transport that calls a handler, so that everything stays
// inside of the test's bubble, where time stands still until all wait.
type InProcess struct{ Handler func() http.Handler }

// RoundTrip calls the handler.
func (p InProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if r = r.Clone(r.Context()); r.Body == nil {
		r.Body = http.NoBody // as a server has it
	}
	p.Handler().ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// RoundTripper is a transport that is a function.
type RoundTripper func(*http.Request) (*http.Response, error)

// RoundTrip calls it.
func (f RoundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// World is a platform and a store in a bubble, and what runs there.
type World struct {
	*simulator.Simulator

	T     *testing.T
	Store store.Store
	// Webhook takes the platform's callbacks. The test's fixture sets it.
	Webhook http.Handler
	// Stop ends what [World.Run] has started last, and waits for it.
	Stop func()
}

// New makes a platform, and a store in memory if st is nil. The test closes the platform.
func New(t *testing.T, platform simulator.Config, st store.Store) *World {
	t.Helper()
	w := &World{T: t, Store: st, Stop: func() {}}
	platform.AppID, platform.AppSecret, platform.PageID = AppID, AppSecret, PageID
	platform.PageToken, platform.VerifyToken = PageToken, VerifyToken
	platform.WebhookURL = "http://bot.example/webhook"
	platform.Client = &http.Client{Transport: InProcess{func() http.Handler { return w.Webhook }}}
	var err error
	w.Simulator, err = simulator.New(platform)
	require.NoError(t, err)
	if st == nil {
		w.Store = memory.New(memory.Config{})
	}
	return w
}

// Client returns an HTTP client that reaches the platform's Graph API.
func (w *World) Client() *http.Client {
	return &http.Client{Transport: InProcess{func() http.Handler { return w.Simulator }}}
}

// Logger logs to the test.
func (w *World) Logger() *slog.Logger { return slog.New(slog.NewTextHandler(w.T.Output(), nil)) }

// Run runs something until Stop, which then checks that nothing of it is left.
func (w *World) Run(something Running) {
	w.T.Helper()
	ctx, cancel := context.WithCancel(w.T.Context())
	wait := runLabelled(ctx, something)
	w.Stop = func() {
		w.T.Helper()
		cancel()
		if wait != nil {
			wait(w.T, synctest.Wait)
			wait = nil
		}
	}
}

// Says lets a person write, and waits until the callback was answered.
func (w *World) Says(psid, text string) {
	w.T.Helper()
	_, err := w.Say(w.T.Context(), psid, text)
	require.NoError(w.T, err)
	require.NoError(w.T, w.Flush(w.T.Context()))
}

// Texts returns the texts that a person got so far.
func (w *World) Texts(psid string) []string {
	var out []string
	for _, m := range w.Messages(psid) {
		if m.From == simulator.FromPage {
			out = append(out, m.Text)
		}
	}
	return out
}

// After lets time pass.
func After(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// Person returns what the store knows of a person; the zero Person if nothing.
func (w *World) Person(psid string) store.Person {
	w.T.Helper()
	p, err := w.Store.Person(w.T.Context(), PageID, psid)
	if !errors.Is(err, store.ErrNotFound) {
		require.NoError(w.T, err)
	}
	return p
}

// Letters returns the dead letters.
func (w *World) Letters() []store.DeadLetter {
	w.T.Helper()
	dead, err := As[store.DeadLetters](w.T, w.Store).Dead(w.T.Context(), store.DeadQuery{})
	require.NoError(w.T, err)
	return dead
}
