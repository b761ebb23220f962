package dialog_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
)

// Booking is what the dialog of the examples asks for.
type Booking struct {
	Guests float64 `json:"guests"`
	Window bool    `json:"window"`
	Code   string  `json:"code"`
}

// A dialog is a list of steps on a struct, and a handler under DIALOG. It draws itself.
func ExampleDialog() {
	booking := dialog.Dialog[Booking]{
		Name: "booking",
		Steps: []dialog.Step[Booking]{
			dialog.Question[Booking, float64]{
				Name: "guests", Text: "How many are you?", Answer: dialog.Number(1, 12),
				Field: func(b *Booking) *float64 { return &b.Guests },
			},
			dialog.Question[Booking, bool]{
				Name: "window", Text: "At the window?", Answer: dialog.OneOf(dialog.Opt(true, "Yes"), dialog.Opt(false, "No")),
				Field: func(b *Booking) *bool { return &b.Window },
				When:  func(b Booking) bool { return b.Guests <= 4 },
			},
		},
		Done: func(ctx context.Context, r *dialog.Run[Booking]) error {
			return r.Say(ctx, "A table for %{guests} it is.")
		},
	}
	policy := routing.Policy{
		receiving.TypeDialog:     {{Handler: booking}},
		receiving.TypeSimpleText: {{Handler: booking.On(handling.SimpleText{Pattern: `(?i)table`})}},
	}
	fmt.Println(policy.Validate())
	fmt.Print(booking.Mermaid(nil))
	// Output:
	// <nil>
	// stateDiagram-v2
	//     state "How many are you?" as guests
	//     state "At the window?" as window
	//     [*] --> guests
	//     guests --> window
	//     guests --> [*]
	//     window --> [*]
}

// An answer of your own refuses with a reason what it does not take.
func ExampleAnswerFunc() {
	code := dialog.AnswerFunc(func(_ context.Context, in dialog.Input) (string, error) {
		text := strings.ToUpper(strings.TrimSpace(in.Event.Text()))
		if len(text) != 6 {
			return "", dialog.Refuse("A code has six letters.")
		}
		return text, nil
	}, func(_ context.Context, code string) string { return code })

	var value string
	event := &receiving.Event{Type: receiving.TypeSimpleText, Payload: &receiving.Message{Text: "abc"}}
	_, err := code.Take(context.Background(), dialog.Input{Event: event}, &value)
	fmt.Println(err)
	// Output: dialog: refused: A code has six letters.
}

// A dialog waits for another system, whose answer comes as a signal.
func ExampleWait() {
	type Paid struct{ Cents int }
	paid := payload.New[Paid]("booking.paid")
	deposit := dialog.Wait[Booking, Paid]{
		Name: "deposit", Text: "Please pay the deposit.", Busy: "I am waiting for your payment.", Kind: paid,
		Then: func(_ context.Context, r *dialog.Run[Booking], p Paid) (dialog.Next, error) {
			if p.Cents < 1000 {
				return dialog.Stay(), nil
			}
			r.State.Code = "paid"
			return dialog.Next{}, nil
		},
	}
	booking := dialog.Dialog[Booking]{
		Name: "booking", Steps: []dialog.Step[Booking]{deposit},
		Done: func(context.Context, *dialog.Run[Booking]) error { return nil },
	}
	fmt.Println(booking.Validate())
	// When the payment has come: bot.Signal(ctx, pageID, psid, "payment-4711", paid.MustEncodeSignal(Paid{Cents: 1200}))
	// Output: <nil>
}
