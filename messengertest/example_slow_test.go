package messengertest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// talk answers what a person writes in a burst with one answer.
var talk = handling.Gather{
	Name:  "talk",
	Quiet: 3 * time.Second,
	Handler: func(ctx context.Context, burst []*receiving.Event, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text(fmt.Sprintf("You wrote %d messages, the last one is %q.", len(burst), burst[len(burst)-1].Text())))
	},
}

func TestBurstGetsOneAnswer(t *testing.T) {
	t.Parallel()
	chat := messengertest.Start(t, messenger.Config{Policy: routing.Policy{
		receiving.TypeSimpleText: {{Name: "talk", Handler: talk}},
	}})
	ada := chat.Person("Ada", "en_US")
	ada.Says("Hi")
	ada.Says("One question")
	chat.Restart() // a burst outlives the process
	ada.Says("Are you open today?")
	ada.SeesNothing()
	chat.Advance(3 * time.Second)
	ada.Sees(`You wrote 3 messages, the last one is "Are you open today?".`)
}
