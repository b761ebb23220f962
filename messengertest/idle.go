package messengertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/store"
)

// Idle waits until the bot has handled every event, has sent all that is due, and no work is in flight: answers, messages of Bot.Send,
// and broadcasts. Messages with a delay keep waiting, and so does what the platform refused for now or for its page: a message that is
// tried again later, a page whose token it refuses or whose allowance is used up, and what is sent for a page that the bot does not serve.
//
// An event whose handler fails is retried after 1, 5 and 25 s, or after the time that the handler asks for
// (handling.RetryAfter), and keeps the bot busy until then, for longer than the
// default of [Chat.Patience]. A test of such a handler calls [Chat.Advance], sets that field or
// Config.Retry, or returns handling.Permanent.
func (c *Chat) Idle() { c.t.Helper(); c.wait(true) }

// wait waits until nothing is under way that is due and no event waits; or, if not all is to be handled, until nothing is under way
// that is due.
func (c *Chat) wait(all bool) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), c.patience())
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond) // a claim may have looked for a part only
	defer again.Stop()
	c.watched.again()
	var seen counted
	for {
		if err := c.Flush(ctx); err != nil {
			c.t.Fatalf("messengertest: callbacks are still under way: %v", err)
		}
		if c.isIdle(ctx, all, &seen) {
			return
		}
		select {
		case <-ctx.Done():
			c.failBusy(&seen)
		case <-c.watched.changed:
		case <-again.C:
			c.watched.hint()
		}
	}
}

// isIdle looks once.
func (c *Chat) isIdle(ctx context.Context, all bool, seen *counted) bool {
	c.t.Helper()
	c.watched.endRests()
	idle, calls := c.watched.idle()
	if !c.count(ctx, seen) || seen.queue.InFlight > 0 || all && seen.queue.Events > 0 || !c.announced(ctx, seen) {
		return false
	}
	if all && (c.end == nil || seen.queue.Sends == 0) {
		return true
	}
	if !idle || all && c.watched.rests(func(pageID string) bool { return !c.holds(pageID, seen) }) {
		return false
	}
	// What a callback has brought between the two looks is a call that was counted.
	if err := c.Flush(ctx); err != nil {
		return false
	}
	still, now := c.watched.idle()
	return still && now == calls
}

// counted is what the bot has counted last, and why it could not count since.
type counted struct {
	messenger.Stats

	queue store.Stats
	known bool
	err   error
	fed   string // how far the open broadcasts were
	open  []store.Broadcast
}

// count asks the bot for its counts. It returns false if the bot could not count: what asking again cannot change fails the test.
func (c *Chat) count(ctx context.Context, seen *counted) bool {
	c.t.Helper()
	stats, err := c.Bot.Stats(ctx)
	switch {
	case err == nil:
		seen.Stats, seen.queue, seen.known, seen.err = stats, stats.Queue, true, nil
		return true
	case errors.Is(err, errors.ErrUnsupported):
		c.t.Fatalf("messengertest: it is unknown whether the bot is idle: %v", err)
	case ctx.Err() == nil || !seen.known && seen.err == nil: // the end of the wait says nothing of the bot
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
	c.t.Fatalf("messengertest: the bot is still busy after %v: %s%s", c.patience(), waiting(seen), c.soFar())
}

// waiting describes what keeps a bot busy.
func waiting(seen *counted) string {
	var text strings.Builder
	q := seen.queue
	fmt.Fprintf(&text, "events that wait: %d; messages that wait, delayed ones included: %d; conversations in progress: %d", q.Events, q.Sends, q.InFlight)
	for _, b := range q.Blocked {
		fmt.Fprintf(&text, "\nthe conversation with %s waits to be tried again; failures so far: %d", b.PSID, b.Attempts)
	}
	for i := range seen.open {
		b := &seen.open[i]
		fmt.Fprintf(&text, "\nthe broadcast %q of page %s is %s; people that remain: %d of %d", b.Key, b.PageID, b.State, b.Remaining(), b.Total)
	}
	switch {
	case len(q.Blocked) > 0:
		text.WriteString("\nAn event whose handler fails is retried, by default after 1, 5 and 25 s, or after the time that the handler asks for" +
			" (handling.RetryAfter), and then becomes a dead letter; the bot's log has the errors. Chat.Advance moves the clock on;" +
			" handling.Permanent makes it a dead letter at once.")
	case q.Events > 0 && q.InFlight == 0:
		text.WriteString("\nNo event has failed: one waits because its handler asked for a time (handling.RetryAfter), or because no bot runs." +
			" The bot's log has the reason at level INFO. Chat.Advance moves the clock on to that time.")
	}
	return text.String()
}
