package sending_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

func ExampleSplitText() {
	text := "A first paragraph.\n\n" + strings.Repeat("A sentence of the second one. ", 40)
	for _, part := range sending.SplitText(text, receiving.ObjectInstagram) {
		fmt.Println(len(part), part[:17], "…", part[len(part)-4:])
	}
	// Output:
	// 979 A first paragraph … one.
	// 239 A sentence of the … one.
}

// A handler says what another service has answered, however long it is.
func ExampleLongMessages() {
	answer := strings.Repeat("All work and no play makes Jack a dull boy. ", 100)
	ev := &receiving.Event{
		Type: receiving.TypeSimpleText, Object: receiving.ObjectPage, PSID: "42",
		Payload: &receiving.Message{Text: "What is in the manuscript?"},
	}
	var rec sending.Recorder
	err := rec.Replier(ev).Reply(context.Background(), sending.LongMessages(answer, ev.Object)...)
	fmt.Println(len(rec.Messages()), err)
	// Output: 3 <nil>
}

func ExampleLongText() {
	terms := sending.LongText{Text: "%{name}, these are our terms. %{terms}"}.WithReply("I agree", "agree")
	ctx := sending.WithValues(context.Background(), map[string]string{
		"name":  "Ada",
		"terms": strings.Repeat("The shop sells shirts. ", 100),
	})
	messages, err := terms.Compose(ctx, &receiving.Event{Object: receiving.ObjectPage})
	for _, m := range messages {
		fmt.Println(len(m.Text), len(m.QuickReplies))
	}
	fmt.Println(err)
	// Output:
	// 1980 0
	// 344 1
	// <nil>
}
