package engine_test

import (
	"context"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
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
	outcomes = bubble.Outcomes
	route    = bubble.Route
	texts    = bubble.TextPolicy
	three    = bubble.Three
	thumb    = bubble.Thumb
	wire     = bubble.Wire
)

func TestMain(m *testing.M) { os.Exit(bubble.Main(m)) }

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

// world is an engine, a webhook that puts events into its store, and a platform, in a bubble.
type world struct {
	*bubble.World

	engine *engine.Engine
	cfg    config
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

// newWorld makes a platform and an engine that runs. The test is in a bubble; it closes the platform and stops the engine.
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
	policy := w.cfg.Policy
	if policy == nil {
		policy = routing.BuiltIn()
	}
	compiled, err := routes.Compile(policy)
	require.NoError(w.T, err)
	guard := engine.NewGuard(w.Logger())
	credentials := func(context.Context, string) (graph.TokenSource, secret.Value) {
		return graph.PageToken(pageToken), secret.New(appSecret)
	}
	tokens := engine.Tokens(guard, credentials, 10*time.Second)
	sendTimeout := or(w.cfg.SendTimeout, 10*time.Second)
	client, err := graph.New(graph.Config{
		AppSecret: func(string) secret.Value { return secret.New(appSecret) }, BaseURL: bubble.GraphURL, Timeout: sendTimeout, Tokens: tokens,
		HTTPClient: w.Client(),
	})
	require.NoError(w.T, err)
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
		Logger:         w.Logger(),
		Menu:           func(string, string) []routes.Offer { return nil },
		OnSendFailed:   failed,
		OnTokenInvalid: func(context.Context, string, error) {},
		OwnsApp:        func(id string) bool { return id == appID },
		Policy:         func(string) *routes.Table { return compiled },
		Retention:      engine.Retention{DedupKeys: 7 * 24 * time.Hour, Received: 90 * 24 * time.Hour, Sent: 90 * 24 * time.Hour},
		Retry:          handling.Retry{}.WithDefaults(),
		SendTimeout:    sendTimeout,
		Store:          w.Store,
		Texts:          sending.Texts{Default: "Sorry, I did not understand that."},
		Tokens:         tokens,
		TurnTimeout:    30 * time.Second,
		WrapSend:       w.cfg.SendMiddleware,
		WrapTurn:       w.cfg.TurnMiddleware,
		Workers:        64,
	})
	running := w.engine
	w.Run(bubble.Running{
		Run:    func(ctx context.Context) error { running.Run(ctx); return nil },
		Stuck:  func() int { stuck, _ := guard.Stuck(); return stuck },
		Timers: running.Timers,
	})
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
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
