package messengertest_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// Every expectation that fails shows the conversation so far, as people see it.
func TestFailuresShowTheConversation(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	receipt := sending.ReceiptTemplate{RecipientName: "Ada"}.WithOrder("4711", "USD", "Visa").WithSummary(sending.ReceiptSummary{TotalCost: "25"})
	chat := startPatient(tb, messenger.Config{Policy: routing.Policy{
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(
			sending.Text("Which size?").WithQuickReplies(sending.TextReply("Small", "size:s"), sending.EmailReply()),
			carousel,
			sending.ButtonTemplate("What next?", sending.PostbackButton("Help", "help"), sending.URLButton("Site", "https://shop.example/")),
			sending.Image("https://shop.example/a.png"),
			receipt,
		)}},
		receiving.TypeComment: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Thanks!").Publicly())}},
	}})
	ada := chat.Person("Ada", "en_US")
	chat.Patience = 1
	tb.expect("no message from the page within 1ns; the conversation so far:\n  nothing was said", func() { ada.Next() })
	chat.Patience = patience

	ada.TapsOldButton("Large", "size:l")
	chat.Idle()
	ada.Says("hi")
	const conversation = `; the conversation so far:
  person: taps "Large", payload "size:l"
  person: "hi"
    page: "Which size?"; quick reply "Small", payload "size:s"; quick reply "user_email"
    page: generic template; card "Shirt"; button "Buy", payload "buy:shirt"; card "Shoes"; button "Buy", payload "buy:shoes"
    page: button template "What next?"; button "Help", payload "help"; button "Site", https://shop.example/
    page: image https://shop.example/a.png
    page: receipt template; {`
	chat.Idle()
	tb.expect(`the page's next message is "Which size?", want "Bye!"`+conversation, func() { ada.Sees("Bye!") })
	tb.expect(`the page has said more: generic template; card "Shirt"; button "Buy", payload "buy:shirt"; card "Shoes"; button "Buy", payload "buy:shoes"`+
		conversation, ada.SeesNothing)
	tb.expect(`the page's next message is "Shirt", "Shoes", want "Hat"`+conversation, func() { ada.Sees("Hat") })
	ada.Sees("What next?")
	tb.expect(`the page's next message is image https://shop.example/a.png, want "Bye!"`+conversation, func() { ada.Sees("Bye!") })

	id := ada.Comments("Nice!")
	chat.Idle()
	ada.Next()
	tb.expect(`the page has said more: "Thanks!", in public, below `+id+conversation, ada.SeesNothing)
	require.Contains(t, tb.failure, "\n    page: \"Thanks!\", in public, below "+id)
	tb.expect(`the page's next comment below `+id+` is "Thanks!", want "Bye!"`+conversation, func() { ada.SeesBelow(id, "Bye!") })
}

// What other apps have written has their id.
func TestFailuresShowWhoWroteForThePage(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	chat := messengertest.StartOn(tb, simulator.Config{Fields: append(simulator.DefaultFields(), "message_echoes")}, messenger.Config{Policy: routing.Policy{}})
	chat.Patience = patience
	ada := chat.Person("Ada", "en_US")
	chat.OtherApp("42").Says(ada, "Hello.")
	tb.expect("the conversation so far:\n  app 42: \"Hello.\"", func() { ada.Sees("Bye!") })
}

// ending is a testing.TB with an end of its own.
type ending struct {
	log
	cleanups []func()
}

func (e *ending) Cleanup(f func()) { e.cleanups = append(e.cleanups, f) }

func (e *ending) end() {
	for _, f := range slices.Backward(e.cleanups) {
		f()
	}
}

// A test that ends while the bot is busy has no line in its log that comes of the end and not of the bot.
func TestTheEndOfATestIsNotLogged(t *testing.T) {
	t.Parallel()
	var many []sending.Sender
	for range 30 {
		many = append(many, sending.Text("hello"))
	}
	tb := &ending{log: log{TB: t}}
	defer tb.end()
	chat := startPatient(tb, messenger.Config{Policy: routing.Policy{receiving.TypeSimpleText: {{
		Handler: handling.Dummy{}, Senders: sending.List(many...),
	}}}})
	for _, name := range []string{"Ada", "Ben", "Cyd", "Dan"} {
		person := chat.Person(name, "en_US")
		person.Says("hi")
		person.Sees("hello")
	}
	tb.end()
	tb.cleanups = nil
	require.Empty(t, tb.String())
}
