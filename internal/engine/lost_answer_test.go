package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// losesAnswers is a store that applies the first outcome of a dead letter and loses the answer, if
// it is told so.
type losesAnswers struct {
	*isolationStore
	loses bool
}

func (s *losesAnswers) Unwrap() store.Store { return s.isolationStore }

func (s *losesAnswers) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	due, err := s.isolationStore.Commit(ctx, out)
	if err == nil && s.loses && out.Event != nil && len(out.Event.Failures) > 0 {
		s.loses = false
		return nil, errors.New("the answer is lost")
	}
	return due, err
}

// TestWorkerKnowsWhatItHasCommitted: the event after one that was not run sees the person as the
// outcome of that one left them, also if the answer to its commit was lost.
func TestWorkerKnowsWhatItHasCommitted(t *testing.T) {
	t.Parallel()
	for name, loses := range map[string]bool{"committed": false, "committed, and the answer was lost": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lastAct time.Time
			st := &losesAnswers{isolationStore: &isolationStore{Store: memory.New(memory.Config{})}, loses: loses}
			cfg := config{Store: st, Policy: texts(route("next", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
				lastAct = store.PersonFrom(ctx).LastAct
				return reply.Reply(ctx, sending.Text("seen"))
			}))}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Stop()
				w.Says(ada, "it ended its process")
				w.Says(ada, "next")
				st.fatal.Store(true)
				st.starts.Store(6)
				w.start()
				after(10 * time.Second)
				require.Equal(t, []string{"seen"}, w.Texts(ada))
				require.Len(t, w.Letters(), 1)
				require.False(t, lastAct.IsZero())
			})
		})
	}
}
