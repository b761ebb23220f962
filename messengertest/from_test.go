package messengertest_test

import (
	"context"
	"testing"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// A handler reaches the bot under test as it does in production.
func TestHandlerWritesToAnotherPerson(t *testing.T) {
	t.Parallel()
	var agent *messengertest.Person
	chat := startPatient(t, messenger.Config{Policy: routing.Policy{receiving.TypeSimpleText: {{
		Handler: handling.Func(func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			if ev.PSID == agent.ID {
				return nil
			}
			return messenger.From(ctx).SendOnce(ctx, ev.PageID, agent.ID, ev.Key, sending.Text("A new ticket: "+ev.Text()))
		}),
	}}}})
	agent = chat.Person("Lin", "zh_TW")
	ada := chat.Person("Ada", "en_US")
	agent.Says("I am here.") // the platform takes messages to people who have written
	chat.Idle()
	ada.Says("It is broken.")
	agent.Sees("A new ticket: It is broken.")
	ada.SeesNothing()
}
