package messengertest_test

import (
	"testing"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// Someone at work answers in the page's inbox, and has the conversation until they give it back.
func ExampleChat_Human() {
	_ = func(t *testing.T) { // func TestHumanTakesOver(t *testing.T)
		chat := messengertest.StartOn(t, simulator.Config{
			DefaultApp: messengertest.AppID,
			Fields:     append(simulator.DefaultFields(), messengertest.HandoverFields()...),
		}, messenger.Config{Policy: routing.Policy{
			receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("I am a bot."))}},
		}})
		ada, eve := chat.Person("Ada", "en_US"), chat.Human()
		ada.Says("hi")
		ada.Sees("I am a bot.")
		eve.Says(ada, "Hi, I am Eve.")
		ada.Sees("Hi, I am Eve.")
		ada.Says("My lamp is broken.")
		ada.SeesNothing() // of the bot
		eve.ReleasesThread(ada)
		ada.Says("Thanks!")
		ada.Sees("I am a bot.")
	}
}
