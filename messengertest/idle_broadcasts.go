package messengertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// mostQueued is of how many people of a broadcast the bot has messages in the outbox: it adds none while there are as many.
const mostQueued = 1000

// announced reports whether the bot has put into the outbox what it will of the broadcasts that run, and had done so when
// announced was called last. What it puts there is no call that the chat sees.
func (c *Chat) announced(ctx context.Context, seen *counted) bool {
	c.t.Helper()
	if c.end == nil {
		return true
	}
	open, err := c.Bot.Broadcasts(ctx, store.BroadcastQuery{Open: true})
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return true
	case err != nil:
		if ctx.Err() == nil {
			seen.err = err
		}
		return false
	}
	done, fed := true, strings.Builder{}
	for i := range open {
		b := &open[i]
		waits := b.Remaining() - b.Queued
		_, _ = fmt.Fprintf(&fed, "%s %d;", b.ID, waits)
		switch {
		case b.Remaining() == 0: // not counted yet, which FindBroadcast does
			if _, err := c.Bot.FindBroadcast(ctx, b.PageID, b.Key); err != nil {
				done = false
			}
		case c.holds(b.PageID, seen):
		case waits > 0 && b.Queued < mostQueued, b.State == store.BroadcastCancelling:
			done = false
		}
	}
	seen.open = open
	if !done || fed.String() != seen.fed {
		seen.fed = fed.String()
		c.watched.again() // a claim must look for what was added
		return false
	}
	return true
}

// holds reports whether messages of a page wait: its token is refused, an allowance is used up, or the bot does not serve it.
func (c *Chat) holds(pageID string, seen *counted) bool {
	if _, held := seen.Held[pageID]; held || seen.Usage[pageID].RegainAt().After(time.Now()) {
		return true
	}
	return !slices.ContainsFunc(c.config.Apps, func(app receiving.App) bool { return len(app.Pages) == 0 }) &&
		!slices.ContainsFunc(c.Bot.Pages(), func(p messenger.Page) bool { return p.ID == pageID })
}
