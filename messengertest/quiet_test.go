package messengertest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// A human who answers beside the bot silences it towards one person, on a page and on Instagram, where the bot's own
// echoes come among the messages.
func TestHumanSilencesTheBot(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{})
	chat := messengertest.StartOn(t, simulator.Config{
		Fields: append(simulator.DefaultFields(), messengertest.HandoverFields()...),
		Pages: []simulator.Page{{
			ID: account, Name: "Lamp Shop", Platform: simulator.PlatformInstagram, LinkedTo: messengertest.PageID,
			Fields: append(simulator.DefaultInstagramFields(), "messaging_handover", "standby"),
		}},
	}, messenger.Config{
		Policy: answering("bot"), Store: st,
		Quiet: handling.Quiet{AfterHuman: time.Hour, OtherApp: true},
	})
	chat.Patience = patience
	for _, page := range []string{messengertest.PageID, account} {
		ada, lin := chat.PersonOn(page, "Ada", ""), chat.PersonOn(page, "Lin", "")
		for range 2 {
			ada.Says("hi")
			ada.Sees("bot")
			chat.Idle() // the bot has its echo
		}
		chat.Human().Says(ada, "Eve here")
		ada.Sees("Eve here")
		chat.Idle()
		ada.Says("hello Eve")
		ada.SeesNothing()
		lin.Says("hi")
		lin.Sees("bot")

		explained, err := chat.Bot.Explain(t.Context(), &receiving.Event{
			Type: receiving.TypeSimpleText, PageID: page, PSID: ada.ID, Time: time.Now(), Payload: &receiving.Message{Text: "hi"},
		})
		require.NoError(t, err)
		require.Len(t, explained, 1)
		require.False(t, explained[0].Fires)
		require.Contains(t, explained[0].Why, "silent: a human wrote at ")

		end := store.EndSilence{PageID: page, PSID: ada.ID, At: time.Now()}
		require.NoError(t, st.Apply(t.Context(), end))
		ada.Says("bot?")
		ada.Sees("bot")
	}
}
