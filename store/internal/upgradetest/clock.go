package upgradetest

import (
	"fmt"
	"sync"
	"time"
)

// start is when the scenario begins. It has microseconds, which every time in it must
// keep.
var start = time.Date(2026, 3, 1, 12, 0, 0, 123_456_000, time.UTC)

// at is a time of the scenario.
func at(after time.Duration) time.Time { return start.Add(after) }

// ended is when the process that wrote the fixture died.
var ended = at(time.Hour)

// Clock is a clock that stands still until it is set. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that shows the beginning of the scenario.
func NewClock() *Clock { return &Clock{now: start} }

// Now is the time that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// set moves the clock forward.
func (c *Clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Before(c.now) {
		panic(fmt.Sprintf("the scenario goes back from %v to %v", c.now, now))
	}
	c.now = now
}
