package messengertest_test

import (
	"context"
	"testing"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// Size is the payload of a tap on a size.
type Size struct {
	Size string `json:"size"`
}

// pizzaSize also reads the payloads of the bot that this one replaces.
var pizzaSize = payload.New[Size]("pizza.size", payload.Alias("shop.payloads.SizePayload"))

var pizzas = routing.Policy{
	receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Which size?").WithQuickReplies(
		sending.TextReply("Medium", pizzaSize.MustEncode(Size{"M"})),
		sending.TextReply("Large", pizzaSize.MustEncode(Size{"L"})),
	))}},
	receiving.TypeTap: {{Handler: handling.OnPayload(pizzaSize, func(ctx context.Context, _ *receiving.Event, s Size, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text("Noted: "+s.Size))
	})}},
}

func TestSizes(t *testing.T) {
	t.Parallel()
	chat := messengertest.Start(t, messenger.Config{Policy: pizzas})
	ada := chat.Person("Ada", "en_US")

	// What the bot offers is tapped by its title, or by its payload.
	ada.Says("hi")
	ada.Sees("Which size?")
	ada.Taps("Medium")
	ada.Sees("Noted: M")
	ada.Says("hi")
	ada.Sees("Which size?")
	ada.TapsPayload(pizzaSize.MustEncode(Size{"L"}))
	ada.Sees("Noted: L")

	// What the old bot offered, months ago, is not on offer in the test.
	const old = `{"size": "S", "payload_class": "shop.payloads.SizePayload"}`
	ada.TapsOldButton("Small", old)
	ada.Sees("Noted: S")
	ada.TapsOldQuickReply("Small", old)
	ada.Sees("Noted: S")
	ada.SeesNothing()
}
