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

// A bot that answers people of an Instagram account, which is linked to the page.
func ExampleChat_PersonOn_instagram() {
	_ = func(t *testing.T) { // func TestInstagram(t *testing.T)
		const account = "17841400000000001"
		chat := messengertest.StartOn(t, simulator.Config{Pages: []simulator.Page{{
			ID: account, Name: "Lamp Shop", Platform: simulator.PlatformInstagram, LinkedTo: messengertest.PageID,
		}}}, messenger.Config{Policy: routing.Policy{
			receiving.TypeSimpleText:   {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Hello!"))}},
			receiving.TypeStoryMention: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Thanks for the mention!"))}},
		}})
		ana := chat.PersonOn(account, "Ana", "")
		ana.Says("hi")
		ana.Sees("Hello!")
		ana.MentionsInStory("https://example.com/story")
		ana.Sees("Thanks for the mention!")
	}
}
