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

// A bot of two pages: each has its own token, people and policy.
func ExampleChat_PersonOn() {
	_ = func(t *testing.T) { // func TestShop(t *testing.T)
		const shop = "200000000000002"
		says := func(text string) routing.Policy {
			return routing.Policy{receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text(text))}}}
		}
		chat := messengertest.StartOn(t, simulator.Config{Pages: []simulator.Page{{ID: shop, Name: "Shop"}}}, messenger.Config{
			Policy:   says("Hello!"),
			Policies: map[string]routing.Policy{shop: says("Welcome to the shop!")},
		})
		ada, sue := chat.Person("Ada", "en_US"), chat.PersonOn(shop, "Sue", "en_US")
		ada.Says("hi")
		ada.Sees("Hello!")
		sue.Says("hi")
		sue.Sees("Welcome to the shop!")
	}
}
