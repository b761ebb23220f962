package messengertest

import (
	"time"

	"github.com/djmessenger/messenger/store"
)

// Advance moves the chat's clock on, and waits until the bot has handled all that became due: timers, messages with a
// delay, retries. What becomes due on the way is handled at its time, or up to a second later: a timer that sets itself
// anew every ten minutes fires three times in half an hour, and [handling.Now] shows the times between. A delay that waits
// because of the platform, such as that of a rate limit, counts too.
//
// What was stored before the chat began, or without its bot, is known too: timers of the people of the platform, and of
// each page's delayed messages the next one.
//
// Each wait is bounded by [Chat.Patience], and the whole by the test's own time-out. The test fails if the chat has no
// clock that it can move: see [StartAt]. Timeouts and heartbeats of the process, such as the length of a turn, go by the real time.
//
// Call it from the test's own goroutine.
func (c *Chat) Advance(d time.Duration) {
	c.t.Helper()
	if c.clock == nil {
		c.t.Fatalf("messengertest: Advance: the platform goes by simulator.Config.Now; leave it empty, or use StartAt")
	}
	c.settle() // first: what people did before is older than the move, however long the bot takes for it
	until := c.clock.Now().Add(d)
	c.noteTimers()
	for {
		c.noteSends()
		next := c.watched.nextDue(until)
		c.moveTo(next)
		c.settle()
		if !next.Before(until) {
			return
		}
	}
}

// moveTo moves the clock, and fails the test if the store does not go by it.
func (c *Chat) moveTo(at time.Time) {
	c.t.Helper()
	clock, ok := store.As[store.Clock](c.watched.Store)
	if !ok {
		c.t.Fatalf("messengertest: Advance: the store does not show its clock: it has no capability store.Clock")
	}
	before, err := clock.Now(c.t.Context())
	if err != nil {
		c.t.Fatalf("messengertest: Advance: the store's clock: %v", err)
	}
	step := at.Sub(c.clock.Now()) // read after before: the clock runs on meanwhile
	c.clock.moveTo(at)
	after, err := clock.Now(c.t.Context())
	if err != nil {
		c.t.Fatalf("messengertest: Advance: the store's clock: %v", err)
	}
	if after.Sub(before) < step-time.Millisecond {
		c.t.Fatalf("messengertest: Advance: the store does not go by the chat's clock: it moved by %v instead of %v.\n"+
			"Use StartAt, and give the clock's Now to the store: memory.Config.Now, gormstore.WithClock", after.Sub(before), step)
	}
}

// settle waits until nothing is under way that is due.
func (c *Chat) settle() { c.t.Helper(); c.wait(false) }

// noteTimers notes when the timers of the platform's people are due: also those that the bot's calls have not shown.
func (c *Chat) noteTimers() {
	c.t.Helper()
	timers, ok := store.As[store.Timers](c.watched.Store)
	if !ok {
		return
	}
	for _, p := range c.People() {
		waiting, err := timers.Timers(c.t.Context(), store.Conversation{PageID: p.PageID, PSID: p.ID}, store.TimerQuery{})
		if err != nil {
			c.t.Fatalf("messengertest: Advance: timers: %v", err)
		}
		for _, timer := range waiting {
			c.watched.noteAt(timer.Due)
		}
	}
}

// noteSends notes when the next message with a delay of each page is due.
func (c *Chat) noteSends() {
	c.t.Helper()
	inspector, ok := store.As[store.Inspector](c.watched.Store)
	if !ok {
		return
	}
	pages, err := inspector.Waiting(c.t.Context())
	if err != nil {
		c.t.Fatalf("messengertest: Advance: what waits: %v", err)
	}
	for _, waits := range pages {
		c.watched.noteAt(waits.OldestSend)
	}
}
