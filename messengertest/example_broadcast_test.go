package messengertest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// announce tells everyone who wrote to the page within a day that the shop is open. The key makes it one broadcast, however often and in
// however many replicas it is called.
func announce(ctx context.Context, bot *messenger.Bot, pageID string) (store.Broadcast, error) {
	people := bot.People(ctx, pageID, func(p store.Person) bool { return p.UnavailableSince.IsZero() })
	return bot.Broadcast(ctx, pageID, "open-2026-12-01", people, sending.Text("We are open today until 10 p.m."))
}

func TestEveryoneHearsThatTheShopIsOpen(t *testing.T) {
	t.Parallel()
	chat := messengertest.Start(t, messenger.Config{Policy: routing.Policy{
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Welcome."))}},
	}})
	ada, bob := chat.Person("Ada", "en_US"), chat.Person("Bob", "en_US")
	ada.Says("Hi")
	ada.Sees("Welcome.")
	chat.Advance(25 * time.Hour) // Ada's window has closed
	bob.Says("Hi")
	bob.Sees("Welcome.")

	b, err := announce(t.Context(), chat.Bot, messengertest.PageID)
	require.NoError(t, err)
	require.Equal(t, 2, b.Total)
	bob.Sees("We are open today until 10 p.m.")
	ada.SeesNothing() // it waits for the broadcast to end
	b, err = chat.Bot.FindBroadcast(t.Context(), messengertest.PageID, "open-2026-12-01")
	require.NoError(t, err)
	require.Equal(t, store.BroadcastDone, b.State)
	require.Equal(t, []int{1, 1}, []int{b.Sent, b.Skipped})
}
