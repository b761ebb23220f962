package messengertest_test

import (
	"context"
	"errors"
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

// order is what a button for a dish carries.
type order struct {
	Dish string `json:"dish"`
}

var (
	orderDish  = payload.New[order]("kitchen.order")
	errSoldOut = errors.New("sold out")
)

// OrderDish handles a tap on a dish, wherever the person tapped it.
type OrderDish struct {
	handling.TapBase[order]

	// Kitchen places an order. A second order with the same key has no effect.
	Kitchen func(ctx context.Context, key, dish string) error
}

func (h OrderDish) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	chosen, err := h.Value(ev)
	if err != nil {
		return err // the payload does not decode: a permanent failure
	}
	err = h.Kitchen(ctx, ev.Key, chosen.Dish)
	switch {
	case errors.Is(err, errSoldOut):
		return reply.Reply(ctx, sending.Text("The "+chosen.Dish+" is sold out."))
	case err != nil:
		return err // the event is retried, with the same key
	}
	if err := store.KeepSession(ctx, "last order", chosen, 24*time.Hour); err != nil {
		return err
	}
	return reply.Reply(ctx, sending.Text("Your "+chosen.Dish+" is on its way."))
}

// again repeats the last order.
func again(ctx context.Context, _ *receiving.Event, _ map[string]string, reply *sending.Replier) error {
	var last order
	known, err := store.LoadSession(ctx, "last order", &last)
	if err != nil {
		return err
	}
	if !known {
		return handling.Skip // a route after this one answers
	}
	return reply.Reply(ctx, sending.ButtonTemplate("The "+last.Dish+" again?", sending.PostbackButton("Yes", orderDish.MustEncode(last))))
}

// restaurant is a policy with a struct, a function and a route that only answers.
func restaurant(kitchen func(ctx context.Context, key, dish string) error) routing.Policy {
	dishes := sending.QuickReplies{Text: "What would you like?"}.
		WithReply("Soup", orderDish.MustEncode(order{"soup"})).
		WithReply("Fish", orderDish.MustEncode(order{"fish"}))
	return routing.Policy{
		receiving.TypeTap: {{
			Handler:   OrderDish{handling.TapBase[order]{Kind: orderDish}, kitchen},
			TypedTaps: true, // "soup" as a text counts as the tap
		}},
		receiving.TypeSimpleText: {
			{Handler: handling.OnText(`(?i)again[.!?]*`, again)},
			{Handler: handling.Dummy{}, Senders: sending.List(dishes), Otherwise: true},
		},
	}
}

func TestRestaurant(t *testing.T) {
	t.Parallel()
	orders := map[string]string{} // by key
	failures := 1
	chat := messengertest.Start(t, messenger.Config{Policy: restaurant(func(_ context.Context, key, dish string) error {
		if dish == "fish" {
			return errSoldOut
		}
		orders[key] = dish
		if failures > 0 {
			failures--
			return errors.New("the kitchen's answer is lost")
		}
		return nil
	})})
	ada := chat.Person("Ada", "en_US")

	ada.Says("Again")
	ada.Sees("What would you like?")
	ada.Taps("Fish")
	ada.Sees("The fish is sold out.")
	ada.Says("soup") // is tried again after a second
	ada.Sees("Your soup is on its way.")
	require.Len(t, orders, 1, "two calls with one key are one order")
	ada.Says("Again!")
	ada.Sees("The soup again?")
	ada.Taps("Yes")
	ada.Sees("Your soup is on its way.")
	require.Len(t, orders, 2)
	ada.SeesNothing()
}
