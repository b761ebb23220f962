package messengertest

import (
	"context"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
)

// host serves the webhook of the chat's bot, whichever that is. While none runs it answers 503, so that the platform delivers
// again what people do.
type host struct{ bot atomic.Pointer[messenger.Bot] }

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bot := h.bot.Load()
	if bot == nil {
		http.Error(w, "the bot is stopped", http.StatusServiceUnavailable)
		return
	}
	bot.ServeHTTP(w, r)
}

// Restart stops the bot and starts another one on the same store, with the same configuration, as a deployment does: what the
// bot had in memory only is gone, and turns that run get the time to end. [Chat.Bot] is the new one. What the code of the
// configuration has in memory stays. A test that calls it between each two steps of a conversation shows that the bot keeps
// all of it in its store.
//
// Call it from the test's own goroutine.
func (c *Chat) Restart() { c.t.Helper(); c.RestartWith(c.config) }

// RestartWith is [Chat.Restart] with another configuration: that of the next version of the program. What [StartOn] sets
// stays as it is. Without a Store it is the same one; another one takes its place, such as a database that the test
// has closed, after [Chat.Stop], and opened again. It must go by the same clock.
func (c *Chat) RestartWith(config messenger.Config) {
	c.t.Helper()
	config.Apps, config.VerifyToken, config.Tokens, config.GraphURL = c.config.Apps, c.config.VerifyToken, c.config.Tokens, c.config.GraphURL
	if config.Logger == nil {
		config.Logger = c.config.Logger
	}
	watched := c.watched
	if config.Store != nil && config.Store != store.Store(watched) {
		watched = watched.on(config.Store)
	}
	config.Store = watched
	next := c.newBot(config)
	c.stop()
	c.config, c.watched = config, watched
	c.run(next)
}

// Stop stops the bot, as the end of its process does, once its turns have ended. What people do from now on is delivered to the bot of
// the next [Chat.Restart] or [Chat.RestartWith], as the platform delivers again what a bot did not take. No expectation can
// be met meanwhile.
//
// Call it from the test's own goroutine.
func (c *Chat) Stop() {
	c.t.Helper()
	c.host.bot.Store(nil)
	c.stop()
}

// newBot makes a bot of a configuration.
func (c *Chat) newBot(config messenger.Config) *messenger.Bot {
	c.t.Helper()
	config.SendMiddleware = append(slices.Clone(config.SendMiddleware), c.seeHandOver)
	config.TurnMiddleware = append([]handling.Middleware{c.heard.note}, config.TurnMiddleware...)
	bot, err := messenger.New(config)
	if err != nil {
		c.t.Fatalf("%v", err)
	}
	return bot
}

// run makes a bot the chat's, and runs it.
func (c *Chat) run(bot *messenger.Bot) {
	c.Bot = bot
	c.host.bot.Store(bot)
	ctx, stop := context.WithCancel(context.Background())
	c.end, c.ended = stop, make(chan error, 1)
	go func(ended chan<- error) { ended <- bot.Run(ctx) }(c.ended)
}

// stop ends the bot that runs.
func (c *Chat) stop() {
	c.t.Helper()
	if c.end == nil {
		return
	}
	c.end()
	c.end = nil
	if err := <-c.ended; err != nil {
		c.t.Errorf("messengertest: Run: %v", err)
	}
}
