package messengertest_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store/memory"
)

// clock is one that a test moves on.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Now() time.Time       { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) Move(d time.Duration) { c.ahead.Add(int64(d)) }

// A reminder goes out a day later, which the test does not wait for: the platform
// and the store go by a clock of the test's. The bot is idle when it moves.
func ExampleStartOn_clock() {
	_ = func(t *testing.T) { // func TestReminder(t *testing.T)
		var c clock
		chat := messengertest.StartOn(t, simulator.Config{Now: c.Now}, messenger.Config{
			Store: memory.New(memory.Config{Now: c.Now}),
			Policy: routing.Policy{receiving.TypeSimpleText: {{
				Handler: handling.Dummy{},
				Senders: sending.List(sending.After(23*time.Hour, sending.Text("Still there?"))),
			}}},
		})
		ada := chat.Person("Ada", "en_US")
		ada.Says("hi")
		ada.SeesNothing()
		c.Move(23 * time.Hour)
		ada.Sees("Still there?")
	}
}
