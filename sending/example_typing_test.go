package sending_test

import (
	"context"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// The senders of a route seem to be typed, one after the other.
func ExampleTyping() {
	sender := sending.Typing{
		Senders: sending.List(
			sending.SimpleMessage{Text: "Hello, %{first_name|there}!"},
			sending.QuickReplies{Text: "What would you like to see today?"}.WithReply("Shirts", "shirts"),
		),
		Pace: sending.Pace{PerSecond: 15},
	}
	fmt.Println(sender.Validate())
	messages, err := sender.Compose(context.Background(), &receiving.Event{})
	for _, m := range messages {
		fmt.Printf("%v %s %q\n", m.Delay, m.Kind(), m.Text)
	}
	fmt.Println(err)
	// Output:
	// <nil>
	// 0s typing_on ""
	// 1s text "Hello, there!"
	// 1s typing_on ""
	// 3.2s text "What would you like to see today?"
	// <nil>
}

// A handler types what it replies.
func ExamplePace_Type() {
	unhurried := sending.Pace{PerSecond: 8, Max: 10 * time.Second}
	ev := &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: "hi"}}
	var rec sending.Recorder
	err := rec.Replier(ev).Reply(context.Background(), unhurried.Type(sending.Text("Let me see …"), sending.Text("Yes."))...)
	for _, m := range rec.Messages() {
		fmt.Printf("%v %s %q\n", m.Delay, m.Kind(), m.Text)
	}
	fmt.Println(err)
	// Output:
	// 0s typing_on ""
	// 1.5s text "Let me see …"
	// 1.5s typing_on ""
	// 2.5s text "Yes."
	// <nil>
}
