package messengertest

import (
	"context"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// seeHandOver is middleware that logs, once, that the bot hands a conversation over (a Human step of a dialog, Message.PassThread or
// ReleaseThread) which has no effect on the simulated page, or of whose end the bot could not learn.
func (c *Chat) seeHandOver(next sending.DeliverFunc) sending.DeliverFunc {
	return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
		if d.Message.ThreadControl != nil {
			if lack := c.lacksForHandOver(d.PageID); lack != "" {
				c.handOver.Do(func() {
					fmt.Fprintf(c.t.Output(), "messengertest: the bot hands a conversation over, and %s. Give StartOn a simulator.Config "+
						"with DefaultApp, such as messengertest.AppID, and with messengertest.HandoverFields added to simulator.DefaultFields in Fields; "+
						"then Chat.Human and Chat.OtherApp can answer and give the conversation back.\n", lack)
				})
			}
		}
		return next(ctx, d)
	}
}

// lacksForHandOver says what a page lacks for a hand-over; "" is nothing.
func (c *Chat) lacksForHandOver(pageID string) string {
	for _, page := range c.Pages() {
		if page.ID != pageID {
			continue
		}
		returned := "messaging_handovers"
		if page.Platform == simulator.PlatformInstagram {
			returned = "messaging_handover"
		}
		switch {
		case page.DefaultApp == "":
			return fmt.Sprintf("page %s has no Conversation Routing: no other app gets it", pageID)
		case !slices.Contains(page.Fields, returned):
			return fmt.Sprintf("page %s is not subscribed to %s: the bot does not learn when it is given back", pageID, returned)
		case !slices.Contains(page.Fields, "standby"):
			return fmt.Sprintf("page %s is not subscribed to standby: the bot does not learn what the person writes meanwhile", pageID)
		}
	}
	return ""
}
