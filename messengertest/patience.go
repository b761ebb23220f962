package messengertest

import (
	"cmp"
	"time"
)

// Patience is how long an expectation waits before it fails the test, if
// [Chat.Patience] is not set.
const Patience = 10 * time.Second

// patience is how long an expectation waits.
func (c *Chat) patience() time.Duration { return cmp.Or(c.Patience, Patience) }

// retrying looks for something again and again, until the chat's patience is over.
type retrying struct {
	over *time.Timer
	tick *time.Ticker
}

func (c *Chat) waits() retrying {
	return retrying{time.NewTimer(c.patience()), time.NewTicker(10 * time.Millisecond)}
}

// again waits for the next look, and reports whether there is one.
func (w retrying) again() bool {
	select {
	case <-w.over.C:
		return false
	case <-w.tick.C:
		return true
	}
}

func (w retrying) stop() {
	w.over.Stop()
	w.tick.Stop()
}
