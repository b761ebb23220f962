package messengertest_test

import (
	"testing"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// A reminder goes out a day later, which the test does not wait for, and though the bot is restarted in between.
func ExampleChat_Advance() {
	_ = func(t *testing.T) { // func TestReminder(t *testing.T)
		chat := messengertest.Start(t, messenger.Config{
			Policy: routing.Policy{receiving.TypeSimpleText: {{
				Handler: handling.Dummy{},
				Senders: sending.List(sending.After(23*time.Hour, sending.Text("Still there?"))),
			}}},
		})
		ada := chat.Person("Ada", "en_US")
		ada.Says("hi")
		chat.Advance(22 * time.Hour)
		ada.SeesNothing()
		chat.Restart()
		chat.Advance(time.Hour)
		ada.Sees("Still there?")
	}
}
