package sending_test

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

func ExampleText() {
	m := sending.Text("Which size?").WithQuickReplies(
		sending.TextReply("Small", "S"),
		sending.TextReply("Large", "L"),
	)
	body, err := m.Request(sending.Recipient{ID: "42"}, "")
	fmt.Println(string(body), err)
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"text":"Which size?","quick_replies":[{"content_type":"text","title":"Small","payload":"S"},{"content_type":"text","title":"Large","payload":"L"}]}} <nil>
}

// Sizes offers the sizes that are in stock. It embeds a built-in sender, adds
// to a copy of it, and calls the embedded Compose as its "super".
type Sizes struct {
	sending.QuickReplies
	InStock func(ctx context.Context) []string
}

func (s Sizes) Compose(ctx context.Context, ev *receiving.Event) ([]sending.Message, error) {
	q := s.QuickReplies
	for _, size := range s.InStock(ctx) {
		q = q.WithReply(size, "size:"+size)
	}
	return q.Compose(ctx, ev)
}

func ExampleQuickReplies() {
	sizes := Sizes{
		QuickReplies: sending.QuickReplies{Text: "Which size?"},
		InStock:      func(context.Context) []string { return []string{"S", "L"} },
	}
	messages, err := sizes.Compose(context.Background(), &receiving.Event{})
	fmt.Println(messages[0].Text, messages[0].QuickReplies[1].Payload, err)
	// Output: Which size? size:L <nil>
}

func ExampleRecorder() {
	ev := &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: "hi"}}
	var rec sending.Recorder
	ctx := sending.WithValues(context.Background(), map[string]string{"first_name": "Ada"})
	err := rec.Replier(ev).Send(ctx, sending.SimpleMessage{Text: "Hello, %{first_name|there}!"})
	fmt.Println(rec.Messages()[0].Text, err)
	// Output: Hello, Ada! <nil>
}

// What comes from elsewhere goes out as it is.
func ExampleReplier_Set() {
	ev := &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: "I am %{name}"}}
	var rec sending.Recorder
	reply := rec.Replier(ev)
	reply.Set("said", ev.Text())
	err := reply.Send(context.Background(), sending.LongText{Text: "You said: %{said}"})
	fmt.Println(rec.Messages()[0].Text, err)
	// Output: You said: I am %{name} <nil>
}

func ExampleAnswerable() {
	ev := &receiving.Event{Type: receiving.TypeThreadControl, PSID: "42", Payload: &receiving.ThreadControl{}}
	fmt.Println(sending.Answerable(ev, false), ev.IsAct())
	ev.Standby = true
	fmt.Println(sending.Answerable(ev, false))
	fmt.Println(sending.AnswerableType(receiving.TypeRead))
	// Output:
	// true false
	// false
	// false
}

func ExampleMessage_Validate() {
	m := sending.ButtonTemplate("What now?", sending.PostbackButton("A title that is too long", "x"))
	fmt.Println(m.Validate(""))
	// Output: sending: attachment.payload.buttons[0].title: 24 characters, limit 20
}
