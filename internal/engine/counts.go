package engine

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/djmessenger/messenger/store"
)

// counts are what the engine has done since it was made.
type counts struct {
	turns, retried, dead atomic.Int64
	typing, typingFailed atomic.Int64 // requests for typing marks
	superseded           atomic.Int64 // routes, by newer messages

	mu    sync.Mutex
	sends map[store.SentOutcome]int64
}

func (c *counts) sent(outcome store.SentOutcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sends == nil {
		c.sends = map[store.SentOutcome]int64{}
	}
	c.sends[outcome]++
}

// Counts is what an engine has done since it was made.
type Counts struct {
	Turns, Retried, Dead int64
	// Typing and TypingFailed count requests for the typing marks of routes.
	Typing, TypingFailed int64
	// Superseded counts routes that newer messages have superseded.
	Superseded int64
	// Stuck counts the calls of code that do not return now, and EverStuck all that ever
	// were stuck.
	Stuck     int
	EverStuck int64
	Sends     map[store.SentOutcome]int64
}

// Counts returns a copy.
func (e *Engine) Counts() Counts {
	c := Counts{
		Turns:   e.counts.turns.Load(),
		Retried: e.counts.retried.Load(),
		Dead:    e.counts.dead.Load(),

		Typing:       e.counts.typing.Load(),
		TypingFailed: e.counts.typingFailed.Load(),
		Superseded:   e.counts.superseded.Load(),

		Sends: map[store.SentOutcome]int64{},
	}
	c.Stuck, c.EverStuck = e.guard.Stuck()
	e.counts.mu.Lock()
	defer e.counts.mu.Unlock()
	maps.Copy(c.Sends, e.counts.sends)
	return c
}
