package messenger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/simulator"
)

func TestHistoryForAnAgentsScreen(t *testing.T) {
	t.Parallel()
	policy := texts(echo)
	policy[receiving.TypeDefault] = []routing.Route{{Name: "keep", Handler: handling.SaveMessage{}}}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		said, err := w.bot.History(w.T.Context(), pageID, ada, handling.HistoryQuery{MaxAge: time.Hour})
		require.NoError(t, err)
		require.Len(t, said, 2)
		require.Equal(t, handling.FromPerson, said[0].From)
		require.Equal(t, "you said hi", said[1].Text)
		said, err = w.bot.History(w.T.Context(), pageID, "4711", handling.HistoryQuery{})
		require.NoError(t, err)
		require.Empty(t, said)
		_, err = w.bot.History(w.T.Context(), pageID, "", handling.HistoryQuery{})
		require.True(t, handling.IsPermanent(err))
	})
	var none *messenger.Bot
	_, err := none.History(t.Context(), pageID, ada, handling.HistoryQuery{})
	require.ErrorIs(t, err, messenger.ErrNoBot)
}
