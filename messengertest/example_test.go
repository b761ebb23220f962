package messengertest_test

import (
	"testing"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// A test of a whole bot, from the person's side.
func ExampleStart() {
	_ = func(t *testing.T) { // func TestGreeting(t *testing.T)
		chat := messengertest.Start(t, messenger.Config{Policy: routing.Policy{
			receiving.TypeDefault: {{Handler: handling.UserProfile{}}},
			receiving.TypeSimpleText: {{
				Handler: handling.SimpleText{Pattern: "hi"},
				Senders: sending.List(sending.QuickReplies{Text: "Hello, %{first_name}! Coffee or tea?"}.
					WithReply("Coffee", "coffee").WithReply("Tea", "tea")),
			}},
			receiving.TypeQuickReply: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Coming."))}},
		}})
		ada := chat.Person("Ada", "en_US")
		ada.Says("hi")
		ada.Sees("Hello, Ada! Coffee or tea?")
		ada.Taps("Tea")
		ada.Sees("Coming.")
	}
}
