package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

func TestSilentPeopleAreForgotten(t *testing.T) {
	t.Parallel()
	cfg := config{Policy: texts(echo), Retention: engine.Retention{People: 3 * time.Hour}}
	inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
		known := func(id string) bool {
			_, err := w.Store.Person(w.T.Context(), pageID, id)
			if err != nil {
				require.ErrorIs(t, err, store.ErrNotFound)
			}
			return err == nil
		}
		require.Equal(t, 200, w.Posts(callback(pageID, "4711", "m_1", "hi")).Code)
		after(2 * time.Hour)
		require.True(t, known("4711"))
		require.Equal(t, 200, w.Posts(callback(pageID, "4712", "m_2", "hi")).Code)
		after(2*time.Hour + time.Minute)
		require.False(t, known("4711"))
		require.True(t, known("4712"))

		require.Equal(t, 200, w.Posts(callback(pageID, "4711", "m_3", "back")).Code)
		after(time.Minute)
		require.True(t, known("4711"))
		require.Equal(t, []string{"you said hi", "you said back"}, w.Texts("4711"))
	})
}
