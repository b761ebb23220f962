package messengertest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Order is what the bot keeps of a person's order, and what its signals carry.
type Order struct {
	Number int `json:"number"`
}

var (
	openOrder = store.SessionOf[Order]{Name: "order", Life: 24 * time.Hour}
	unpaid    = payload.New[Order]("order.unpaid")
	paidFor   = payload.New[Order]("order.paid")
	reminder  = "unpaid order" // a key: a person has one such timer at most
)

// checkout takes an order, and sets a timer for the case that it is not paid.
func checkout(ctx context.Context, _ *receiving.Event, _ map[string]string, reply *sending.Replier) error {
	o := Order{Number: 4711}
	if err := openOrder.Keep(ctx, o); err != nil {
		return err
	}
	if err := handling.After(ctx, 30*time.Minute, reminder, unpaid, o); err != nil {
		return err
	}
	return reply.Reply(ctx, sending.Text("That is 12 euros. Pay at https://shop.example/4711."))
}

// remind is the timer's turn.
func remind(ctx context.Context, _ *receiving.Event, o Order, reply *sending.Replier) error {
	return reply.Reply(ctx, sending.Text(fmt.Sprintf("Order %d waits for your payment.", o.Number)))
}

// thank is the turn of the shop's signal.
func thank(ctx context.Context, _ *receiving.Event, o Order, reply *sending.Replier) error {
	if err := handling.CancelTimer(ctx, reminder); err != nil {
		return err
	}
	if err := openOrder.Drop(ctx); err != nil {
		return err
	}
	return reply.Reply(ctx, sending.Text(fmt.Sprintf("Order %d is paid, thank you.", o.Number)))
}

var shopPolicy = routing.Policy{
	receiving.TypeSimpleText: {{Handler: handling.OnText(`(?i)checkout`, checkout)}},
	receiving.TypeSignal: {
		{Handler: handling.OnPayload(unpaid, remind)},
		{Handler: handling.OnPayload(paidFor, thank)},
	},
}

// onPayment is what the shop's payment service calls. It may call it again: the key makes it one signal.
func onPayment(ctx context.Context, bot *messenger.Bot, pageID, psid string, o Order) error {
	text, err := paidFor.EncodeSignal(o)
	if err != nil {
		return err
	}
	return bot.Signal(ctx, pageID, psid, fmt.Sprintf("paid %d", o.Number), text)
}

func TestOrderIsPaidLate(t *testing.T) {
	t.Parallel()
	chat := messengertest.Start(t, messenger.Config{Policy: shopPolicy})
	ada := chat.Person("Ada", "en_US")
	ada.Says("checkout")
	ada.Sees("That is 12 euros. Pay at https://shop.example/4711.")
	chat.Advance(29 * time.Minute)
	ada.SeesNothing()
	chat.Restart() // timers outlive the process
	chat.Advance(time.Minute)
	ada.Sees("Order 4711 waits for your payment.")
	for range 2 {
		require.NoError(t, onPayment(t.Context(), chat.Bot, messengertest.PageID, ada.ID, Order{4711}))
	}
	ada.Sees("Order 4711 is paid, thank you.")
	ada.SeesNothing()
}

func TestOrderIsPaidInTime(t *testing.T) {
	t.Parallel()
	chat := messengertest.Start(t, messenger.Config{Policy: shopPolicy})
	ada := chat.Person("Ada", "en_US")
	ada.Says("checkout")
	ada.Sees("That is 12 euros. Pay at https://shop.example/4711.")
	require.Equal(t, reminder, chat.Timers(ada)[0].Key)
	chat.Signal(ada, "paid 4711", paidFor.MustEncodeSignal(Order{4711}))
	ada.Sees("Order 4711 is paid, thank you.")
	require.Empty(t, chat.Timers(ada))
	chat.Advance(24 * time.Hour)
	ada.SeesNothing()
}
