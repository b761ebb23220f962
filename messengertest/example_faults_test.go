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

func TestRateLimit(t *testing.T) {
	t.Parallel()
	chat := messengertest.Start(t, messenger.Config{Policy: routing.Policy{
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Hello!"))}},
	}})
	ada := chat.Person("Ada", "en_US")
	chat.Refuse("calls limit", 1)
	ada.Says("hi")
	ada.IsRefused(613)
	chat.Advance(time.Hour) // the bot waits, and sends again
	ada.Sees("Hello!")
	chat.HasCalled(2, "POST", "/messages")
	ada.SeesNothing()
}
