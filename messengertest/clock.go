package messengertest

import (
	"sync/atomic"
	"time"
)

// Clock is the clock of a test: it runs as time.Now does, and [Chat.Advance] moves it on. It is safe
// for concurrent use. Each test has its own.
type Clock struct{ ahead atomic.Int64 }

// NewClock returns a clock that shows the time.
func NewClock() *Clock { return &Clock{} }

// Now is what the platform and the store of a chat go by; see [StartAt].
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// moveTo moves the clock to a time, and never back.
func (c *Clock) moveTo(t time.Time) {
	if missing := t.Sub(c.Now()); missing > 0 {
		c.ahead.Add(int64(missing))
	}
}
