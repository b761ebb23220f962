package messengertest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// heard is the newest event of each person that the bot has begun to handle.
type heard struct {
	mu     sync.Mutex
	events map[string]*receiving.Event // by page and person
}

// note is middleware that keeps the events.
func (h *heard) note(next handling.TurnFunc) handling.TurnFunc {
	return func(ctx context.Context, ev *receiving.Event) error {
		h.mu.Lock()
		if h.events == nil {
			h.events = map[string]*receiving.Event{}
		}
		h.events[ev.PageID+"/"+ev.PSID] = ev
		h.mu.Unlock()
		return next(ctx, ev)
	}
}

func (h *heard) newest(pageID, psid string) *receiving.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.events[pageID+"/"+psid]
}

// stateTime is how long a failed test may ask the bot.
const stateTime = 5 * time.Second

// botState is what the bot knows of why a person sees nothing, a line each: events that failed, messages that wait, and an event that no
// route takes.
func (p *Person) botState() []string {
	home, _ := p.chat.find(p.ID)
	conv := store.Conversation{PageID: home.PageID, PSID: p.ID}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.t.Context()), stateTime)
	defer cancel()
	var lines []string
	add := func(format string, args ...any) {
		lines = append(lines, fmt.Sprintf("%8s: ", "bot")+fmt.Sprintf(format, args...))
	}
	st := p.chat.watched.Store
	if dead, ok := store.As[store.DeadLetters](st); ok {
		letters, _ := dead.Dead(ctx, store.DeadQuery{PageID: conv.PageID, PSID: conv.PSID}) // a store that fails has nothing to add
		for _, letter := range letters {
			for _, f := range letter.Failures {
				add("an event became a dead letter: route %q: %s", f.Route, f.Error)
			}
		}
	}
	if viewer, ok := store.As[store.Viewer](st); ok {
		blocked, _ := viewer.Blocked(ctx, store.MaxBlockedList)
		for _, b := range blocked {
			if b.Conversation == conv {
				add("an event has failed %s and is tried again%s", times(b.Attempts), p.chat.nextTry())
			}
		}
		sends, _ := viewer.Outbox(ctx, conv, 1)
		for _, s := range sends {
			if s.Attempts > 0 {
				add("a message could not be sent %s and is sent again%s", times(s.Attempts), p.chat.nextTry())
			}
		}
	}
	if ev := p.chat.heard.newest(conv.PageID, conv.PSID); ev != nil && len(lines) == 0 && p.chat.end != nil {
		explained, err := p.chat.Bot.Explain(ctx, ev)
		taken := err != nil
		for _, route := range explained {
			taken = taken || route.Fires
		}
		if !taken {
			add("no route takes the event %s", ev.Type)
		}
	}
	return lines
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// nextTry is when the next thing becomes due by the test's clock, if that is later.
func (c *Chat) nextTry() string {
	if c.clock == nil {
		return ""
	}
	now := c.clock.Now()
	far := now.Add(365 * 24 * time.Hour)
	if next := c.watched.nextDue(far); next.Before(far) && next.After(now) {
		return fmt.Sprintf(" in %v; Chat.Advance moves the clock", next.Sub(now).Round(time.Millisecond))
	}
	return ""
}
