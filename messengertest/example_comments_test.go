package messengertest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// prices answers a question for the price with a private reply and says so below
// the comment, and thanks for everything else in public.
var prices = routing.Policy{
	receiving.TypeComment: {
		{
			Handler: handling.OnComment(func(_ context.Context, _ *receiving.Event, c handling.Comment, _ *sending.Replier) error {
				if !strings.Contains(strings.ToLower(c.Text), "how much") {
					return handling.Skip
				}
				return nil
			}),
			Senders: sending.List(
				sending.SimpleMessage{Text: "Hello %{name|there}, the lamp is 29 euros."},
				sending.Publicly(sending.SimpleMessage{Text: "We have sent you a message."}),
			),
		},
		{
			Handler:   handling.Dummy{},
			Senders:   sending.List(sending.Publicly(sending.SimpleMessage{Text: "Thank you!"})),
			Otherwise: true,
		},
	},
}

func TestPrices(t *testing.T) {
	t.Parallel()
	chat := messengertest.Start(t, messenger.Config{Policy: prices})
	ada := chat.Person("Ada", "en_US")

	question := ada.Comments("Nice. How much is it?")
	ada.Sees("Hello Ada, the lamp is 29 euros.")
	ada.SeesBelow(question, "We have sent you a message.")

	praise := ada.Comments("What a lamp!")
	ada.SeesBelow(praise, "Thank you!")
	ada.SeesNothing()
}
