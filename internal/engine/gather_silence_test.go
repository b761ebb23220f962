package engine_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// TestABurstThatIsDueWhileTheBotKeepsSilentIsDropped: the human has answered, so no model is asked.
func TestABurstThatIsDueWhileTheBotKeepsSilentIsDropped(t *testing.T) {
	t.Parallel()
	inDefault := func(g handling.Gather) routing.Policy {
		return routing.Policy{receiving.TypeDefault: {{Name: "talk", Handler: g}}}
	}
	for name, c := range map[string]struct {
		policy  func(handling.Gather) routing.Policy
		despite bool
		tries   []string
		texts   []string
	}{
		"its own route":   {gathering, false, []string{"3"}, []string{"Eve here", "3"}},
		"under DEFAULT":   {inDefault, false, []string{"3"}, []string{"Eve here", "3"}},
		"despite silence": {gathering, true, []string{"1", "2", "3"}, []string{"Eve here", "1", "2", "3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var broken atomic.Bool
			var tries []string
			policy := c.policy(brokenTalk(&broken, &tries))
			for _, list := range policy {
				for i := range list {
					list[i].DespiteSilence = c.despite
				}
			}
			inBubble(t, beside(), config{Policy: policy, Quiet: anHour()}, func(w *world) {
				w.Says(ada, "1")
				w.humanSays(ada, "Eve here")
				after(10 * time.Second)
				w.Says(ada, "2") // in the silence
				after(time.Hour)
				w.Says(ada, "3")
				after(10 * time.Second)
				require.Equal(t, c.tries, tries)
				require.Equal(t, c.texts, w.Texts(ada))
				require.Empty(t, w.Letters())
				require.Zero(t, w.queue().Timers)
				_, err := w.Store.Session(w.T.Context(), pageID, ada, "messenger.gather.talk")
				require.ErrorIs(t, err, store.ErrNotFound)
			})
		})
	}
}

func TestABurstIsNotReplayedWhileTheBotKeepsSilent(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	var tries []string
	broken.Store(true)
	inBubble(t, beside(), config{Policy: gathering(brokenTalk(&broken, &tries)), Quiet: anHour()}, func(w *world) {
		letters := bubble.As[store.DeadLetters](w.T, w.Store)
		w.Says(ada, "1")
		after(time.Minute)
		broken.Store(false)
		w.humanSays(ada, "Eve here")
		require.NoError(t, letters.Replay(w.T.Context(), w.Letters()[0].ID))
		after(time.Second)
		require.Len(t, w.Letters(), 1)
		require.Contains(t, w.Letters()[0].Failures[0].Error, sending.ErrSilent.Error())
		after(time.Hour)
		require.NoError(t, letters.Replay(w.T.Context(), w.Letters()[0].ID))
		after(time.Second)
		require.Equal(t, []string{"Eve here", "1"}, w.Texts(ada))
	})
}

// TestAnActThatIsNotAnsweredSettlesNoBurst: the burst has its time, and ends then.
func TestAnActThatIsNotAnsweredSettlesNoBurst(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	var tries []string
	sim := beside()
	sim.Fields = append(sim.Fields, "message_reactions")
	inBubble(t, sim, config{Policy: settling(brokenTalk(&broken, &tries)), Quiet: anHour()}, func(w *world) {
		mid, err := w.Say(w.T.Context(), ada, "1")
		require.NoError(t, err)
		require.NoError(t, w.Flush(w.T.Context()))
		w.humanSays(ada, "Eve here")
		require.NoError(t, w.React(w.T.Context(), ada, mid, "👍"))
		require.NoError(t, w.Flush(w.T.Context()))
		bubble.After(100 * time.Millisecond)
		require.Equal(t, 1, w.queue().Timers)
		after(10 * time.Second)
		require.Empty(t, tries)
		require.Zero(t, w.queue().Timers)
	})
}
