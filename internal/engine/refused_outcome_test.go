package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// picky is a store that cannot take one kind of write.
type picky struct{ store.Store }

func (p picky) Unwrap() store.Store { return p.Store }

func (p picky) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	for _, w := range out.Writes {
		if _, ok := w.(store.AddThumbUp); ok {
			return nil, errors.New("no such column: thumb_ups")
		}
	}
	return p.Store.Commit(ctx, out)
}

func TestOutcomeThatTheStoreCannotTakeBecomesADeadLetter(t *testing.T) {
	t.Parallel()
	poison := texts(echo, route("poison", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
		if ev.Text() == "poison" {
			return store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID})
		}
		return nil
	}))
	inBubble(t, simulator.Config{}, config{Policy: poison, Store: picky{memory.New(memory.Config{})}}, func(w *world) {
		w.Says(ada, "poison")
		w.Says(ada, "fine")
		w.Says(lin, "fine")
		after(time.Second)
		require.Equal(t, []string{"you said fine"}, w.Texts(lin))
		after(5 * time.Minute)
		require.Equal(t, []string{"you said fine"}, w.Texts(ada))
		dead, err := bubble.As[store.DeadLetters](w.T, w.Store).Dead(t.Context(), store.DeadQuery{})
		require.NoError(t, err)
		require.Len(t, dead, 1)
		require.Equal(t, 4, dead[0].Attempts, "it was tried as often as any turn that fails")
		require.Contains(t, dead[0].Failures[0].Error, "the store refused the outcome: no such column: thumb_ups")
	})
}
