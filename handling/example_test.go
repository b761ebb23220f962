package handling_test

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
)

// OrderStatus answers texts such as "order 4711".
type OrderStatus struct {
	handling.TextBase
	Status func(number string) string
}

func (h OrderStatus) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	groups, _ := h.Match(ev)
	return reply.Reply(ctx, sending.Text(h.Status(groups["number"])))
}

func ExampleTextBase() {
	h := OrderStatus{
		TextBase: handling.TextBase{Pattern: `(?i)order (?P<number>\d+)`},
		Status:   func(number string) string { return "Order " + number + " is on its way." },
	}
	ev := &receiving.Event{
		Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: "Order 4711"},
	}
	var rec sending.Recorder
	if h.ShouldHandle(context.Background(), ev) {
		err := h.Handle(context.Background(), ev, rec.Replier(ev))
		fmt.Println(rec.Messages()[0].Text, err)
	}
	// Output: Order 4711 is on its way. <nil>
}

func ExampleOnPayload() {
	type choice struct{ Size string }
	size := payload.New[choice]("order.size")
	h := handling.OnPayload(size, func(ctx context.Context, _ *receiving.Event, c choice, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text("Size "+c.Size+" it is."))
	})
	ev := &receiving.Event{
		Type: receiving.TypeQuickReply, PSID: "42",
		Payload: &receiving.Message{Text: "Large", QuickReply: &receiving.QuickReply{Payload: size.MustEncode(choice{"L"})}},
	}
	var rec sending.Recorder
	err := h.Handle(context.Background(), ev, rec.Replier(ev))
	fmt.Println(rec.Messages()[0].Text, err)
	// Output: Size L it is. <nil>
}
