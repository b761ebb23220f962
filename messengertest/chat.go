package messengertest

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store/memory"
)

// The app, the page and the tokens that [Start] sets up.
const (
	AppID       = "1000000000000001"
	AppSecret   = "messengertest-app-secret"
	PageID      = "100000000000001"
	PageToken   = "messengertest-page-token"
	VerifyToken = "messengertest-verify-token"
)

// Chat is a bot and the platform that it talks to.
type Chat struct {
	*simulator.Simulator
	// Bot is the bot under test. It runs.
	Bot *messenger.Bot
	// Webhook is the address of the bot's webhook.
	Webhook string
	// Patience is how long each expectation of this chat waits before it fails
	// the test. It does not slow down what succeeds, only what fails. Set it
	// before the first expectation. Default: [Patience], 10 s.
	Patience time.Duration

	t       testing.TB
	config  messenger.Config // of the bot, with what the chat has set
	clock   *Clock           // nil if the platform has another one
	watched *watched
	heard   heard
	host    host
	end     context.CancelFunc // stops the bot; nil while none runs
	ended   chan error

	handOver sync.Once // a hand-over without effect was logged
}

// Start builds a bot from a configuration and runs it against a simulated
// platform, until the test ends. Start sets VerifyToken, Tokens and GraphURL, and
// in Apps the ID and the Secrets of the app that delivers the events of [PageID];
// without Apps there is one app with all pages. Apps that are bound to other pages
// only fail the test. If they are not set, Logger writes what is at level WARN and
// above to the test's log, and Store is one in memory; everything else is as given. The test
// closes a Store of its own with t.Cleanup, before it calls Start: so it is closed
// after the bot has stopped.
func Start(t testing.TB, config messenger.Config) *Chat {
	t.Helper()
	return StartOn(t, simulator.Config{}, config)
}

// StartOn is Start on a platform with a configuration of its own: other
// webhook fields, such as echoes, more pages, another clock. AppID, AppSecret,
// PageID, PageToken, VerifyToken and WebhookURL are set by StartOn; another value
// fails the test.
//
// With simulator.Config.Pages the bot has the token of each page, also of those
// that are added later (AddPage of the embedded simulator). Apps are the apps of
// the pages, or, if the bot's configuration has some, those that are bound to the
// pages get their ids and secrets. People of such a page are made by
// [Chat.PersonOn].
//
// A test of timers, reminders or of the 24-hour window moves the clock instead of waiting: [Chat.Advance].
func StartOn(t testing.TB, platform simulator.Config, config messenger.Config) *Chat {
	t.Helper()
	if platform.Now != nil {
		return start(t, nil, platform, config)
	}
	return start(t, NewClock(), platform, config)
}

// StartAt is [StartOn] with a clock of the test's, for a store of its own: give clock.Now to the store,
//
//	clock := messengertest.NewClock()
//	st, err := sqlite.Open(path, gormstore.WithClock(clock.Now))
//	…
//	chat := messengertest.StartAt(t, clock, simulator.Config{}, messenger.Config{Store: st, Policy: policy})
//
// or memory.Config.Now. The platform gets it from StartAt, which fails the test if simulator.Config.Now is set; so does
// the default store, as with [Start] and StartOn.
//
// The bot reckons by the store's clock: timers, delays, the 24-hour window, sessions, the silence after a human wrote, and the age
// of profiles end by the clock of the test. time.Now does not change; handlers read the clock with [handling.Now].
func StartAt(t testing.TB, clock *Clock, platform simulator.Config, config messenger.Config) *Chat {
	t.Helper()
	if platform.Now != nil {
		t.Fatalf("messengertest: simulator.Config.Now is set by StartAt; leave it empty")
	}
	return start(t, clock, platform, config)
}

func start(t testing.TB, clock *Clock, platform simulator.Config, config messenger.Config) *Chat {
	t.Helper()
	if clock != nil {
		platform.Now = clock.Now
	}
	setPlatform(t, &platform)
	sim, err := simulator.New(platform)
	if err != nil {
		t.Fatalf("messengertest: simulator: %v", err)
	}
	api := httptest.NewServer(sim)
	t.Cleanup(api.Close)

	config.Apps = simulatedApps(t, config.Apps, withSecrets(sim, platform))
	config.VerifyToken = secret.New(VerifyToken)
	config.Tokens = tokensOf(sim)
	config.GraphURL = api.URL
	if config.Logger == nil {
		config.Logger = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	if config.Store == nil {
		config.Store = memory.New(memory.Config{Now: platform.Now})
	}
	chat := &Chat{Simulator: sim, t: t, clock: clock, watched: watch(config.Store, cmp.Or(clock, NewClock()))}
	config.Store = chat.watched
	chat.config = config
	bot := chat.newBot(config)
	chat.host.bot.Store(bot)
	mux := http.NewServeMux()
	mux.Handle("/webhook", &chat.host)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	chat.Webhook = server.URL + "/webhook"
	if err := sim.SetWebhook(chat.Webhook); err != nil {
		t.Fatalf("messengertest: webhook: %v", err)
	}

	chat.run(bot)
	t.Cleanup(func() {
		chat.stop() // before the platform, whose refusals then would look like the cause of a failure
		if err := sim.Close(); err != nil {
			t.Errorf("messengertest: close the simulator: %v", err)
		}
	})
	if err := sim.Verify(t.Context()); err != nil {
		t.Fatalf("messengertest: verify the webhook: %v", err)
	}
	return chat
}

// setPlatform sets what the chat fixes of a platform.
func setPlatform(t testing.TB, platform *simulator.Config) {
	t.Helper()
	for _, fixed := range []struct {
		name  string
		field *string
		value string
	}{
		{"AppID", &platform.AppID, AppID},
		{"AppSecret", &platform.AppSecret, AppSecret},
		{"PageID", &platform.PageID, PageID},
		{"PageToken", &platform.PageToken, PageToken},
		{"VerifyToken", &platform.VerifyToken, VerifyToken},
		{"WebhookURL", &platform.WebhookURL, ""},
	} {
		if *fixed.field != "" && *fixed.field != fixed.value {
			t.Fatalf("messengertest: simulator.Config.%s is set by StartOn; leave it empty", fixed.name)
		}
		*fixed.field = fixed.value
	}
}
