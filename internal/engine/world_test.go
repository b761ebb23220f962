package engine_test

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// What tests use all the time, by short names.
const (
	appID       = bubble.AppID
	appSecret   = bubble.AppSecret
	pageID      = bubble.PageID
	pageToken   = bubble.PageToken
	verifyToken = bubble.VerifyToken
	ada         = bubble.Ada
	lin         = bubble.Lin
)

var (
	after    = bubble.After
	callback = bubble.Callback
	echo     = bubble.Echo
	echoOf   = bubble.EchoOf
	entry    = bubble.Entry
	outcomes = bubble.Outcomes
	route    = bubble.Route
	texts    = bubble.TextPolicy
	three    = bubble.Three
	thumb    = bubble.Thumb
	wire     = bubble.Wire
)

func TestMain(m *testing.M) { os.Exit(bubble.Main(m)) }

// config is what a test sets of an engine's configuration. The rest is as package messenger has it
// by default.
type config struct {
	AtMostOnce     bool
	Catalog        *i18n.Catalog
	GracePeriod    time.Duration
	HTTPClient     *http.Client
	Logger         *slog.Logger
	OnDeadLetter   func(ctx context.Context, letter engine.DeadLetter)
	OnSendFailed   func(ctx context.Context, failure sending.Failure)
	OnTokenInvalid func(ctx context.Context, pageID string, err error)
	Policies       map[string]routing.Policy
	Policy         routing.Policy
	Quiet          handling.Quiet
	Retention      engine.Retention
	Retry          handling.Retry
	SendMiddleware []sending.Middleware
	SendTimeout    time.Duration
	Store          store.Store
	Tokens         graph.TokenSource
	TurnMiddleware []handling.Middleware
	TurnTimeout    time.Duration
	Workers        int
}

// withDefaults returns a copy in which every field that has a default is set.
func (c config) withDefaults(w *world) config {
	c.GracePeriod = cmp.Or(c.GracePeriod, 20*time.Second)
	c.HTTPClient = cmp.Or(c.HTTPClient, w.Client())
	c.Logger = cmp.Or(c.Logger, w.Logger())
	if c.OnSendFailed == nil {
		c.OnSendFailed = func(context.Context, sending.Failure) {}
	}
	if c.OnTokenInvalid == nil {
		c.OnTokenInvalid = func(context.Context, string, error) {}
	}
	if c.Policy == nil {
		c.Policy = routing.BuiltIn()
	}
	c.Retention.DedupKeys = cmp.Or(c.Retention.DedupKeys, 7*24*time.Hour)
	c.Retention.Received = cmp.Or(c.Retention.Received, 90*24*time.Hour)
	c.Retention.Sent = cmp.Or(c.Retention.Sent, 90*24*time.Hour)
	c.Retry = c.Retry.WithDefaults()
	c.SendTimeout = cmp.Or(c.SendTimeout, 10*time.Second)
	if c.Tokens == nil {
		c.Tokens = graph.PageToken(pageToken)
	}
	c.TurnTimeout = cmp.Or(c.TurnTimeout, 30*time.Second)
	c.Workers = cmp.Or(c.Workers, 256)
	return c
}

// world is an engine, a webhook that puts events into its store, and a platform, in a bubble.
type world struct {
	*bubble.World

	engine *engine.Engine
	cfg    config
	policy atomic.Pointer[routes.Table]
}

// inBubble runs a test with an engine on a platform, with fake time.
func inBubble(t *testing.T, platform simulator.Config, cfg config, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, platform, cfg)
		test(w)
		require.NoError(t, w.Close())
		w.Stop()
	})
}

// newWorld makes a platform and an engine that runs. The test is in a bubble; it closes the
// platform and stops the engine.
func newWorld(t *testing.T, platform simulator.Config, cfg config) *world {
	t.Helper()
	w := &world{World: bubble.New(t, platform, cfg.Store), cfg: cfg}
	webhook, err := receiving.NewWebhook(receiving.WebhookConfig{
		Accept: w.accept, Apps: []receiving.App{{ID: appID, Secrets: []secret.Value{secret.New(appSecret)}}},
		Logger: w.Logger(), VerifyToken: secret.New(verifyToken),
	})
	require.NoError(t, err)
	w.Webhook = webhook
	w.start()
	return w
}

// isAwayFor lets time pass without an engine. A running one looks for work each second, which
// costs seconds of CPU per day; a test uses this when only the age of what is stored matters.
func (w *world) isAwayFor(d time.Duration) {
	w.Stop()
	after(d)
	w.start()
	after(time.Second)
}

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
	return w.Store.Put(ctx, events...)
}

// start makes an engine, a new one after the last was stopped, and runs it.
func (w *world) start() {
	w.T.Helper()
	cfg := w.cfg.withDefaults(w)
	guard := engine.NewGuard(cfg.Logger)
	credentials := func(context.Context, string) (graph.TokenSource, secret.Value) {
		return cfg.Tokens, secret.New(appSecret)
	}
	tokens := engine.Tokens(guard, credentials, cfg.SendTimeout)
	client, err := graph.New(graph.Config{
		AppSecret: func(string) secret.Value { return secret.New(appSecret) }, BaseURL: bubble.GraphURL,
		HTTPClient: cfg.HTTPClient, Timeout: cfg.SendTimeout, Tokens: tokens,
	})
	require.NoError(w.T, err)
	pages := map[string]*routes.Table{}
	for id, policy := range cfg.Policies {
		pages[id] = compile(w.T, policy)
	}
	w.setPolicy(cfg.Policy)
	w.engine = engine.New(engine.Config{
		AtMostOnce:     cfg.AtMostOnce,
		Base:           context.Background(),
		Client:         client,
		GracePeriod:    cfg.GracePeriod,
		Guard:          guard,
		Keep:           func(ctx context.Context, _ string) context.Context { return ctx },
		KnowsApp:       func(string) bool { return true },
		LeaseTTL:       15 * time.Second,
		Logger:         cfg.Logger,
		Menu:           func(string, string) []routes.Offer { return nil },
		OnDeadLetter:   cfg.OnDeadLetter,
		OnSendFailed:   cfg.OnSendFailed,
		OnTokenInvalid: cfg.OnTokenInvalid,
		OwnSends:       w.cfg.HTTPClient == nil && len(cfg.SendMiddleware) == 0, // as of package messenger
		OwnsApp:        func(id string) bool { return id == appID },
		Policy:         func(id string) *routes.Table { return cmp.Or(pages[id], w.policy.Load()) },
		Quiet:          cfg.Quiet,
		Retention:      cfg.Retention,
		Retry:          cfg.Retry,
		SendTimeout:    cfg.SendTimeout,
		Store:          w.Store,
		Voice:          &engine.Voice{Catalog: cfg.Catalog, Texts: sending.Texts{Default: "Sorry, I did not understand that."}, Logger: cfg.Logger},
		Tokens:         tokens,
		TurnTimeout:    cfg.TurnTimeout,
		WrapSend:       cfg.SendMiddleware,
		WrapTurn:       cfg.TurnMiddleware,
		Workers:        cfg.Workers,
	})
	running := w.engine
	w.Run(bubble.Running{
		Run:    func(ctx context.Context) error { running.Run(ctx); return nil },
		Stuck:  func() int { stuck, _ := guard.Stuck(); return stuck },
		Timers: running.Timers,
	})
}

// setPolicy swaps the policy of the pages that have none of their own.
func (w *world) setPolicy(policy routing.Policy) {
	w.T.Helper()
	w.policy.Store(compile(w.T, policy))
}

func compile(t *testing.T, policy routing.Policy) *routes.Table {
	t.Helper()
	compiled, err := routes.Compile(policy)
	require.NoError(t, err)
	return compiled
}

// queue counts what waits in the store.
func (w *world) queue() store.Stats {
	w.T.Helper()
	stats, err := bubble.As[store.Inspector](w.T, w.Store).Stats(w.T.Context())
	require.NoError(w.T, err)
	return stats
}

// send queues messages to a person from outside of a turn.
func (w *world) send(psid string, messages ...sending.Message) {
	w.T.Helper()
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
		require.NoError(w.T, err)
		sends = append(sends, s)
	}
	require.NoError(w.T, w.Store.Enqueue(w.T.Context(), sends...))
	for _, s := range sends {
		w.engine.HintAfter(s.Delay)
	}
}
