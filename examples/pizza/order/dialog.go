package order

import (
	"context"
	"strings"
	"unicode"

	"github.com/djmessenger/messenger/dialog"
)

// Order is what a person has chosen.
type Order struct {
	Size     string   `json:"size"`
	Toppings []string `json:"toppings,omitempty"`
	Address  string   `json:"address"`
	Right    bool     `json:"right"`
}

type ask[T any] = dialog.Question[Order, T]

// Place takes an order. The same key again must have no effect.
type Place func(ctx context.Context, key string, o Order) error

// Dialog asks for an order and gives it to place.
func Dialog(place Place) dialog.Dialog[Order] {
	return dialog.Dialog[Order]{
		Name: "pizza",
		Help: "You are ordering a pizza. Say back or cancel at any time.",
		Steps: []dialog.Step[Order]{
			ask[string]{
				Name: "size", Text: "Which size?",
				Answer: dialog.OneOf(dialog.Opt("S", "Small"), dialog.Opt("L", "Large")),
				Field:  func(o *Order) *string { return &o.Size },
			},
			ask[[]string]{
				Name: "toppings", Text: "Which toppings? Tap as many as you like.",
				Answer: dialog.SomeOf("Done", dialog.Opt("ham", "Ham"), dialog.Opt("cheese", "Cheese"), dialog.Opt("olives", "Olives")),
				Field:  func(o *Order) *[]string { return &o.Toppings },
			},
			ask[string]{
				Name: "address", Text: "Where to?",
				Answer: dialog.Text(), Check: checkAddress,
				Field: func(o *Order) *string { return &o.Address },
			},
			ask[bool]{
				Name: "confirm", Text: "%{size}, %{toppings|plain}, to %{address}. All right?",
				Answer: dialog.OneOf(dialog.Opt(true, "Yes"), dialog.Opt(false, "Change the size").To("size")),
				Field:  func(o *Order) *bool { return &o.Right },
			},
		},
		Done: func(ctx context.Context, r *dialog.Run[Order]) error {
			if err := place(ctx, r.ID, *r.State); err != nil {
				return err
			}
			return r.Say(ctx, "Thank you, it is on its way.")
		},
		Ended: func(ctx context.Context, r *dialog.Run[Order], why dialog.Reason) error {
			if why == dialog.TimedOut {
				return r.Say(ctx, "I have put your order aside. Say pizza to start again.")
			}
			return r.Say(ctx, "All right, no pizza.")
		},
	}
}

func checkAddress(_ context.Context, _ *dialog.Run[Order], address string) error {
	if len(address) < 8 || !strings.ContainsFunc(address, unicode.IsDigit) {
		return dialog.Refuse("I need a street and a number.")
	}
	return nil
}
