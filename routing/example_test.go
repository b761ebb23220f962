package routing_test

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

func ExampleExplain() {
	policy := routing.Policy{
		receiving.TypeDefault: {{Handler: handling.SaveMessage{}}},
		receiving.TypeSimpleText: {
			{Name: "greet", Handler: handling.SimpleText{Pattern: "hi|hello"}, Senders: sending.List(sending.Text("Hello!"))},
			{Name: "fallback", Handler: handling.Dummy{}, Senders: sending.List(sending.Default{}), Otherwise: true},
		},
	}
	ev := &receiving.Event{Type: receiving.TypeSimpleText, PersonID: "42", Payload: &receiving.Message{Text: "hello"}}
	for _, e := range routing.Explain(context.Background(), policy, ev) {
		fmt.Printf("%-9s fires=%-5t %s\n", e.Route, e.Fires, e.Why)
	}
	// Output:
	// DEFAULT/0 fires=true  handling.SaveMessage.ShouldHandle says yes
	// greet     fires=true  handling.SimpleText.ShouldHandle says yes
	// fallback  fires=false it is an otherwise route, and one before it handles the event
}

func ExamplePolicy_Validate() {
	policy := routing.Policy{
		"SIMPLE_TEKST":           {{Handler: handling.Dummy{}}},
		receiving.TypeQuickReply: {{Handler: nil}},
	}
	fmt.Println(policy.Validate())
	// Output:
	// routing: QUICK_REPLY/0: its handler is nil; only a route with When and Senders needs none
	// routing: SIMPLE_TEKST: no such receiving type; the nearest is SIMPLE_TEXT
}
