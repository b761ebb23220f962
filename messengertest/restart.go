package messengertest

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/djmessenger/messenger"
)

// host serves the webhook of the chat's bot, whichever that is.
type host struct{ bot atomic.Pointer[messenger.Bot] }

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.bot.Load().ServeHTTP(w, r) }

// Restart stops the bot and starts another one on the same store, with the same configuration, as a deployment does: what the
// bot had in memory only is gone, and turns that run get the time to end. [Chat.Bot] is the new one. What the code of the
// configuration has in memory stays. A test that calls it between each two steps of a conversation shows that the bot keeps
// all of it in its store.
//
// Call it from the test's own goroutine.
func (c *Chat) Restart() { c.t.Helper(); c.RestartWith(c.config) }

// RestartWith is [Chat.Restart] with another configuration: that of the next version of the program. What [StartOn] sets
// stays as it is, and so does the Store.
func (c *Chat) RestartWith(config messenger.Config) {
	c.t.Helper()
	config.Apps, config.VerifyToken, config.Tokens, config.GraphURL = c.config.Apps, c.config.VerifyToken, c.config.Tokens, c.config.GraphURL
	config.Store = c.config.Store
	if config.Logger == nil {
		config.Logger = c.config.Logger
	}
	next, err := messenger.New(config)
	if err != nil {
		c.t.Fatalf("%v", err)
	}
	c.stop()
	c.config = config
	c.run(next)
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
	c.end()
	if err := <-c.ended; err != nil {
		c.t.Errorf("messengertest: Run: %v", err)
	}
}
