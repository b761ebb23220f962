package messenger_test

import (
	"net/http/httptest"
	"os"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// What tests in a bubble use all the time, by short names.
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
	entry    = bubble.Entry
	echoOf   = bubble.EchoOf
	outcomes = bubble.Outcomes
	route    = bubble.Route
	texts    = bubble.TextPolicy
	three    = bubble.Three
	thumb    = bubble.Thumb
	wire     = bubble.Wire
)

func TestMain(m *testing.M) { os.Exit(bubble.Main(m)) }

// world is a bot and a platform in a bubble.
type world struct {
	*bubble.World

	bot *messenger.Bot
	cfg messenger.Config
}

// inBubble runs a test with a bot on a platform, with fake time.
func inBubble(t *testing.T, platform simulator.Config, cfg messenger.Config, test func(w *world)) {
	t.Helper()
	var w *world
	inBubbleAs(t, &w, platform, cfg, func() { test(w) })
}

// inBubbleAs is inBubble for tests whose configuration needs the world: it is at *at before the bot starts.
func inBubbleAs(t *testing.T, at **world, platform simulator.Config, cfg messenger.Config, test func()) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, platform, cfg)
		*at = w
		w.start()
		test()
		require.NoError(t, w.Close())
		w.Stop()
	})
}

// newWorld makes a platform, and a bot that [world.start] starts. The test is in a bubble; it closes the platform and stops the bot.
func newWorld(t *testing.T, platform simulator.Config, cfg messenger.Config) *world {
	t.Helper()
	return &world{World: bubble.New(t, platform, cfg.Store), cfg: cfg}
}

// start builds a bot, a new one after the last was stopped, and runs it.
func (w *world) start() {
	w.T.Helper()
	cfg := w.cfg
	cfg.Apps = []receiving.App{{ID: appID, Secrets: []secret.Value{secret.New(appSecret)}}}
	cfg.VerifyToken = secret.New(verifyToken)
	if cfg.Tokens == nil {
		cfg.Tokens = graph.PageToken(pageToken)
	}
	cfg.GraphURL = bubble.GraphURL
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = w.Client()
	}
	cfg.Store = w.Store
	if cfg.Logger == nil {
		cfg.Logger = w.Logger()
	}
	bot, err := messenger.New(cfg)
	require.NoError(w.T, err)
	w.bot, w.Webhook = bot, bot
	w.Run(bubble.Running{Run: bot.Run, Stuck: bot.Stuck, Timers: bot.HintTimers})
}

// diesSending queues messages and starts the first of them that is due, as a
// process does that ends while its request is under way. It returns its key.
func (w *world) diesSending(psid string, messages ...sending.Message) string {
	w.T.Helper()
	for _, m := range messages {
		require.NoError(w.T, w.bot.Send(w.T.Context(), pageID, psid, m))
	}
	return w.DiesSending()
}

// postTo gives a bot a signed callback.
func postTo(bot *messenger.Bot, body string) *httptest.ResponseRecorder {
	return bubble.PostSigned(bot, appSecret, body)
}
