package messengertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Idle waits until the bot has handled every event and no work is in flight.
// Messages with a delay keep waiting. An event whose handler fails is retried
// after 1, 5 and 25 s and keeps the bot busy until then, for longer than the
// default of [Chat.Patience]. A test of such a handler sets that field or
// Config.Retry, returns handling.Permanent, or advances the store's clock (see [StartOn]).
func (c *Chat) Idle() {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), c.patience())
	defer cancel()
	if err := c.Flush(ctx); err != nil {
		c.t.Fatalf("messengertest: callbacks are still under way: %v", err)
	}
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	var seen counted
	for {
		if c.count(ctx, &seen) && seen.queue.Events == 0 && seen.queue.InFlight == 0 {
			return
		}
		select {
		case <-ctx.Done():
			c.failBusy(&seen)
		case <-again.C:
		}
	}
}

// counted is what the bot has counted last, and why it could not count since.
type counted struct {
	queue store.Stats
	known bool
	err   error
}

// count asks the bot for its counts. It returns false if the bot could not count: what asking again cannot change fails the test.
func (c *Chat) count(ctx context.Context, seen *counted) bool {
	c.t.Helper()
	stats, err := c.Bot.Stats(ctx)
	switch {
	case err == nil:
		*seen = counted{queue: stats.Queue, known: true}
		return true
	case errors.Is(err, errors.ErrUnsupported):
		c.t.Fatalf("messengertest: it is unknown whether the bot is idle: %v", err)
	case ctx.Err() == nil || !seen.known: // the end of the wait says nothing of the bot
		seen.err = err
	}
	return false
}

// failBusy fails the test because the bot is not idle.
func (c *Chat) failBusy(seen *counted) {
	c.t.Helper()
	if seen.err != nil {
		c.t.Fatalf("messengertest: it is unknown whether the bot is idle, after %v: %v", c.patience(), seen.err)
	}
	c.t.Fatalf("messengertest: the bot is still busy after %v: %s%s", c.patience(), waiting(seen.queue), c.soFar())
}

// waiting describes what keeps a bot busy.
func waiting(q store.Stats) string {
	var text strings.Builder
	fmt.Fprintf(&text, "events that wait: %d; conversations in progress: %d", q.Events, q.InFlight)
	for _, b := range q.Blocked {
		fmt.Fprintf(&text, "\nthe conversation with %s waits to be tried again; failures so far: %d", b.PSID, b.Attempts)
	}
	text.WriteString("\nAn event whose handler fails is retried, by default after 1, 5 and 25 s, and then becomes a dead letter; the bot's log has the errors." +
		" handling.Permanent makes it one at once.")
	return text.String()
}
