package messengertest

import (
	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/store"
)

// Signal raises a signal for a person's conversation, as another part of the program does with [messenger.Bot.Signal]: a
// payment has arrived. The payload is what payload.Kind.EncodeSignal returns. The test fails if it cannot be raised: the person
// must have written to the page.
func (c *Chat) Signal(p *Person, key, payload string) {
	c.t.Helper()
	if err := c.Bot.Signal(c.t.Context(), p.page(), p.ID, key, payload); err != nil {
		c.t.Fatalf("messengertest: signal %q: %v", key, err)
	}
}

// Timers waits until the bot is idle, and returns what was raised for a person's conversation and waits, what is due first
// first: keys, payloads and due times, by the chat's clock.
func (c *Chat) Timers(p *Person) []messenger.Timer {
	c.t.Helper()
	c.settle()
	timers, err := c.Bot.Timers(c.t.Context(), p.page(), p.ID, store.TimerQuery{})
	if err != nil {
		c.t.Fatalf("messengertest: timers: %v", err)
	}
	return timers
}

// page is the page that the person writes to.
func (p *Person) page() string {
	p.t.Helper()
	known, ok := p.chat.find(p.ID)
	if !ok {
		p.t.Fatalf("messengertest: there is no person %s on the platform", p.ID)
	}
	return known.PageID
}
