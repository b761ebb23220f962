package engine_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
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

// config is what a test sets of an engine's configuration. The rest is as by default.
type config struct {
	AtMostOnce     bool
	GracePeriod    time.Duration
	OnSendFailed   func(ctx context.Context, failure sending.Failure)
	Policy         routing.Policy
	SendMiddleware []sending.Middleware
	SendTimeout    time.Duration
	Store          store.Store
	TurnMiddleware []handling.Middleware
}

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

// world is an engine, a webhook that puts events into its store, and a platform, in a bubble.
type world struct {
	*simulator.Simulator
	t       *testing.T
	engine  *engine.Engine
	webhook *receiving.Webhook
	store   store.Store
	cfg     config
	stop    func() // ends the engine's Run and waits for it
}

// inBubble runs a test with an engine on a platform, with fake time.
func inBubble(t *testing.T, platform simulator.Config, cfg config, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, cfg: cfg, store: cfg.Store}
		platform.AppID, platform.AppSecret, platform.PageID = appID, appSecret, pageID
		platform.PageToken, platform.VerifyToken = pageToken, verifyToken
		platform.WebhookURL = "http://bot.example/webhook"
		platform.Client = &http.Client{Transport: inProcess{func() http.Handler { return w.webhook }}}
		var err error
		w.Simulator, err = simulator.New(platform)
		require.NoError(t, err)
		w.webhook, err = receiving.NewWebhook(receiving.WebhookConfig{
			Accept: w.accept, Apps: []receiving.App{{ID: appID, Secrets: []secret.Value{secret.New(appSecret)}}},
			Logger: w.logger(), VerifyToken: secret.New(verifyToken),
		})
		require.NoError(t, err)
		if w.store == nil {
			w.store = memory.New(memory.Config{})
		}
		w.start()
		test(w)
		require.NoError(t, w.Close())
		w.stop()
	})
}

func (w *world) logger() *slog.Logger { return slog.New(slog.NewTextHandler(w.t.Output(), nil)) }

// accept stores the events of a callback.
func (w *world) accept(ctx context.Context, envelopes []receiving.Envelope) error {
	events := make([]store.Event, 0, len(envelopes))
	for _, e := range envelopes {
		body, err := e.MarshalBinary()
		if err != nil {
			return err
		}
		events = append(events, store.Event{
			Conversation: store.Conversation{PageID: e.PageID, PSID: e.Thread},
			Key:          e.Key, KeyTime: e.KeyTime, Time: e.Time, Body: body, EchoOf: e.SendKey, EditOf: e.EditOf,
			Unsends: store.Unsent{Keys: e.Unsends.Keys, Edits: e.Unsends.Edits, MID: e.Unsends.MID},
		})
	}
	return w.store.Put(ctx, events...)
}

// start makes an engine, a new one after the last was stopped, and runs it.
func (w *world) start() {
	w.t.Helper()
	policy := w.cfg.Policy
	if policy == nil {
		policy = routing.BuiltIn()
	}
	compiled, err := routes.Compile(policy)
	require.NoError(w.t, err)
	guard := engine.NewGuard(w.logger())
	credentials := func(context.Context, string) (graph.TokenSource, secret.Value) {
		return graph.PageToken(pageToken), secret.New(appSecret)
	}
	tokens := engine.Tokens(guard, credentials, 10*time.Second)
	sendTimeout := or(w.cfg.SendTimeout, 10*time.Second)
	client, err := graph.New(graph.Config{
		AppSecret: func(string) secret.Value { return secret.New(appSecret) }, BaseURL: "http://graph.example", Timeout: sendTimeout, Tokens: tokens,
		HTTPClient: &http.Client{Transport: inProcess{func() http.Handler { return w.Simulator }}},
	})
	require.NoError(w.t, err)
	failed := w.cfg.OnSendFailed
	if failed == nil {
		failed = func(context.Context, sending.Failure) {}
	}
	w.engine = engine.New(engine.Config{
		AtMostOnce:     w.cfg.AtMostOnce,
		Base:           context.Background(),
		Client:         client,
		GracePeriod:    or(w.cfg.GracePeriod, 20*time.Second),
		Guard:          guard,
		Keep:           func(ctx context.Context, _ string) context.Context { return ctx },
		KnowsApp:       func(string) bool { return true },
		LeaseTTL:       15 * time.Second,
		Logger:         w.logger(),
		Menu:           func(string, string) []routes.Offer { return nil },
		OnSendFailed:   failed,
		OnTokenInvalid: func(context.Context, string, error) {},
		OwnsApp:        func(id string) bool { return id == appID },
		Policy:         func(string) *routes.Table { return compiled },
		Retention:      engine.Retention{DedupKeys: 7 * 24 * time.Hour, Received: 90 * 24 * time.Hour, Sent: 90 * 24 * time.Hour},
		Retry:          handling.Retry{}.WithDefaults(),
		SendTimeout:    sendTimeout,
		Store:          w.store,
		Texts:          sending.Texts{Default: "Sorry, I did not understand that."},
		Tokens:         tokens,
		TurnTimeout:    30 * time.Second,
		WrapSend:       w.cfg.SendMiddleware,
		WrapTurn:       w.cfg.TurnMiddleware,
		Workers:        64,
	})
	running := w.engine
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan struct{})
	go func() { running.Run(ctx); close(ended) }()
	w.stop = func() { cancel(); <-ended }
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// says lets a person write, and waits until the callback was answered.
func (w *world) says(psid, text string) {
	w.t.Helper()
	_, err := w.Say(w.t.Context(), psid, text)
	require.NoError(w.t, err)
	require.NoError(w.t, w.Flush(w.t.Context()))
}

// send queues messages to a person from outside of a turn.
func (w *world) send(psid string, messages ...sending.Message) {
	w.t.Helper()
	group := engine.NewKey()
	var sends []store.Send
	for i, m := range messages {
		conv := store.Conversation{PageID: pageID, PSID: psid}
		if psid == "" {
			conv.PSID = "comment/" + m.Recipient.CommentID
		}
		if m.MessagingType == "" && m.Tag == "" && m.SenderAction == "" {
			m.MessagingType = sending.MessagingUpdate
		}
		key := group
		if i > 0 {
			key = engine.PartKey(group, i)
		}
		s, err := engine.EncodeSend(store.Send{Conversation: conv, Key: key, Group: group, Delay: m.Delay}, m)
		require.NoError(w.t, err)
		sends = append(sends, s)
	}
	require.NoError(w.t, w.store.Enqueue(w.t.Context(), sends...))
	for _, s := range sends {
		w.engine.HintAfter(s.Delay)
	}
}

// post delivers a callback.
func (w *world) post(body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(body))
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write([]byte(body))
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	answer := httptest.NewRecorder()
	w.webhook.ServeHTTP(answer, r)
	return answer
}

// callback is a text of a person.
func callback(page, psid, mid, text string) string {
	return fmt.Sprintf(`{"object":"page","entry":[{"id":"%[1]s","time":1,"messaging":[{"sender":{"id":"%[2]s"},"recipient":{"id":"%[1]s"},`+
		`"timestamp":%[5]d,"message":{"mid":"%[3]s","text":"%[4]s"}}]}]}`, page, psid, mid, text, time.Now().UnixMilli())
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
	<-time.After(d)
	synctest.Wait()
}
