package operations_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/operations"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

const (
	token     = "operations-token-0123456789"
	pageToken = "simulator-page-token"
	pageID    = "100000000000001"
	patience  = time.Minute
)

var errBroken = errors.New("the warehouse is away")

// opens are the stores that the API is tried on.
var opens = map[string]func(t *testing.T) store.Store{
	"memory": func(*testing.T) store.Store { return memory.New(memory.Config{}) },
	"sqlite": func(t *testing.T) store.Store {
		t.Helper()
		st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"))
		require.NoError(t, err)
		return st
	},
	"postgres": func(t *testing.T) store.Store {
		t.Helper()
		st, err := postgres.Open(testpostgres.DSN(t))
		require.NoError(t, err)
		return st
	},
}

// onEachStore runs a test on every store.
func onEachStore(t *testing.T, test func(w *world)) {
	t.Helper()
	for name, open := range opens {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newWorld(t, open(t), operations.Config{Tokens: []secret.Value{secret.New(token)}}))
		})
	}
}

// world is a bot that runs, a platform, and the API over HTTP, mounted at /base.
type world struct {
	*testing.T

	bot      *messenger.Bot
	store    store.Store
	platform *simulator.Simulator
	page     string
	ada      string
	url      string
	log      *logged
	broken   atomic.Bool // whether "order" fails
	away     atomic.Bool // whether it fails for now
	letters  chan messenger.DeadLetter
	handled  chan string // texts of orders
	gate     atomic.Bool // whether an order says that it has begun, and waits until open is closed
	entered  chan struct{}
	open     chan struct{}
}

// logged is a log that several write.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newWorld(t *testing.T, st store.Store, config operations.Config) *world {
	t.Helper()
	platform, err := simulator.New(simulator.Config{})
	require.NoError(t, err)
	graphAPI := httptest.NewServer(platform)
	w := &world{
		T: t, store: st, platform: platform, page: pageID, ada: simulator.DefaultPeople()[0].ID, log: &logged{},
		letters: make(chan messenger.DeadLetter, 100), handled: make(chan string, 100),
		entered: make(chan struct{}, 1), open: make(chan struct{}),
	}
	w.broken.Store(true)
	logger := slog.New(slog.NewTextHandler(w.log, nil))
	w.bot, err = messenger.New(messenger.Config{
		Apps:         messenger.App(simulator.DefaultAppSecret),
		VerifyToken:  secret.New(simulator.DefaultVerifyToken),
		Tokens:       graph.PageToken(pageToken),
		GraphURL:     graphAPI.URL,
		Store:        st,
		Logger:       logger,
		OnDeadLetter: func(_ context.Context, l messenger.DeadLetter) { w.letters <- l },
		Policy: routing.Policy{
			receiving.TypeDefault: {{Handler: handling.UserProfile{}}, {Handler: handling.SaveMessage{}}},
			receiving.TypeDialog:  {{Handler: booking()}},
			receiving.TypeSimpleText: {
				{Name: "table", Handler: booking().On(handling.SimpleText{Pattern: "table"})},
				{Name: "order", Handler: handling.Func(w.order)},
				{Name: "greet", Handler: handling.SimpleText{Pattern: "hi"}, Senders: sending.List(sending.SimpleMessage{Text: "Hello!"})},
			},
		},
	})
	require.NoError(t, err)
	if config.Logger == nil {
		config.Logger = logger
	}
	config.Prefix = "/base"
	api, err := operations.Handler(w.bot, config)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/webhook", w.bot)
	mux.Handle("/base/", checked(t, api))
	service := httptest.NewServer(mux)
	w.url = service.URL + "/base"
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- w.bot.Run(ctx) }()
	require.NoError(t, platform.SetWebhook(service.URL+"/webhook"))
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-stopped)
		require.NoError(t, platform.Close())
		service.Close()
		graphAPI.Close()
		require.NoError(t, st.Close())
		for _, one := range []string{token, pageToken, simulator.DefaultAppSecret, simulator.DefaultVerifyToken} {
			require.NotContains(t, w.log.String(), one, "no secret is in the log")
		}
	})
	return w
}

type table struct{ Guests float64 }

// booking is a dialog that waits for an answer.
func booking() dialog.Dialog[table] {
	return dialog.Dialog[table]{
		Name: "booking",
		Steps: []dialog.Step[table]{dialog.Question[table, float64]{
			Name: "guests", Text: "How many are you?", Answer: dialog.Number(1, 12), Field: func(b *table) *float64 { return &b.Guests },
		}},
		Done: func(ctx context.Context, r *dialog.Run[table]) error { return r.Say(ctx, "It is booked.") },
	}
}

// order fails for "order …" while the world is broken.
func (w *world) order(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
	if !strings.HasPrefix(ev.Text(), "order") {
		return handling.Skip
	}
	if w.gate.Load() {
		w.entered <- struct{}{}
		<-w.open
	}
	if w.away.Load() {
		return errBroken
	}
	if w.broken.Load() {
		return handling.Permanent(errBroken)
	}
	w.handled <- ev.Text()
	return nil
}

// bury has the bot make dead letters of orders, and returns their ids.
func (w *world) bury(texts ...string) (ids []int64) {
	w.Helper()
	for _, text := range texts {
		_, err := w.platform.Say(w.Context(), w.ada, text)
		require.NoError(w, err)
		ids = append(ids, next(w, w.letters).ID)
	}
	return ids
}

// next waits for what comes over a channel.
func next[V any](w *world, from <-chan V) V {
	w.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		require.FailNow(w, "nothing came", w.log.String())
		panic("unreachable")
	}
}

// greeted has the bot answer Ada.
func (w *world) greeted() {
	w.Helper()
	w.answers("hi", "Hello!")
	require.Eventually(w, func() bool {
		sent, err := w.store.Sent(w.Context(), w.page, w.ada, 10)
		return err == nil && len(sent) > 0 && sent[0].Outcome == store.OutcomeSent
	}, patience, 5*time.Millisecond)
}

// answers has Ada say something, and waits for what the bot says.
func (w *world) answers(text, want string) {
	w.Helper()
	_, err := w.platform.Say(w.Context(), w.ada, text)
	require.NoError(w, err)
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	_, err = w.platform.Wait(ctx, w.ada, func(m simulator.Message) bool { return m.Text == want })
	require.NoError(w, err)
}

// person is the path of Ada.
func (w *world) person() string { return "/pages/" + w.page + "/people/" + w.ada }

// answer is what the API said.
type answer struct {
	status int
	header http.Header
	body   string
}

// do makes a request with the token, and the headers of a program; more are in pairs.
func (w *world) do(method, path, body string, headers ...string) answer {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, w.url+path, strings.NewReader(body))
	require.NoError(w, err)
	r.Header.Set("Authorization", "Bearer "+token)
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Del(headers[i]); headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(w, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(w, err)
	for _, one := range []string{token, pageToken, simulator.DefaultAppSecret, simulator.DefaultVerifyToken} {
		require.NotContains(w, string(text), one, "no secret is in an answer")
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

// refused expects a refusal.
func (w *world) refused(a answer, status int, code string) {
	w.Helper()
	var e struct {
		Error, Code string
		ID          string `json:"request_id"`
	}
	require.NoError(w, json.Unmarshal([]byte(a.body), &e), a.body)
	require.Equal(w, code, e.Code, a.body)
	require.Equal(w, status, a.status, a.body)
	require.NotEmpty(w, e.Error)
	require.Equal(w, a.header.Get("X-Request-ID"), e.ID)
}

// get expects an answer, and decodes it.
func get[V any](w *world, method, path, body string) V {
	w.Helper()
	a := w.do(method, path, body)
	require.Equal(w, 200, a.status, "%s %s: %s\n%s", method, path, a.body, w.log)
	var v V
	require.NoError(w, json.Unmarshal([]byte(a.body), &v), a.body)
	return v
}

// list is a page of a list.
type list[T any] struct {
	Items []T
	Next  string
}

// letter is what tests read of dead letters.
type letter struct {
	ID              int64
	Page, Person    string
	Key, Type, Text string
	Failures        []store.Failure
	Event           json.RawMessage
}

// newBot is a bot that does not run.
func newBot(st store.Store) (*messenger.Bot, error) {
	return messenger.New(messenger.Config{
		Apps: messenger.App("app-secret"), VerifyToken: secret.New("verify"), Tokens: graph.PageToken("page"), Store: st, Logger: slog.New(slog.DiscardHandler),
	})
}

// newIdleWorld is the API of a bot that does not run.
func newIdleWorld(t *testing.T, st store.Store) *world {
	t.Helper()
	return newIdleWorldWith(t, st, operations.Config{Tokens: []secret.Value{secret.New(token)}})
}

func newIdleWorldWith(t *testing.T, st store.Store, config operations.Config) *world {
	t.Helper()
	bot, err := newBot(st)
	require.NoError(t, err)
	w := &world{T: t, bot: bot, store: st, page: pageID, log: &logged{}}
	config.Logger, config.Prefix = slog.New(slog.NewTextHandler(w.log, nil)), "/base"
	api, err := operations.Handler(bot, config)
	require.NoError(t, err)
	service := httptest.NewServer(checked(t, api))
	w.url = service.URL + "/base"
	t.Cleanup(func() {
		service.Close()
		require.NoError(t, st.Close())
	})
	return w
}

// blocks has the only event of a conversation fail once.
func (w *world) blocks(conv store.Conversation) {
	w.Helper()
	require.NoError(w, w.store.Put(w.Context(), store.Event{Conversation: conv, Key: conv.PSID, Time: time.Now()}))
	leases, err := w.store.Claim(w.Context(), store.Claim{Owner: "test", Conversations: 1, Events: 1, TTL: time.Minute})
	require.NoError(w, err)
	require.Len(w, leases, 1)
	_, err = w.store.Commit(w.Context(), store.Outcome{
		Lease: leases[0].LeaseID, Event: &store.EventResult{Seq: leases[0].Events[0].Seq, Retry: true}, Release: true, After: time.Hour,
	})
	require.NoError(w, err)
}
