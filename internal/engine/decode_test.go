package engine

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// TestFaultOfTheDecoderFailsTheEvent: the bytes of an event come from outside, and
// one that the decoder cannot take must not end the process.
func TestFaultOfTheDecoderFailsTheEvent(t *testing.T) {
	t.Parallel()
	w := &worker{e: &Engine{}, log: slog.New(slog.DiscardHandler)}
	w.e.cfg.Policy = func(string) *routes.Table { return nil }
	turn := newTurn(w, store.QueuedEvent{Event: store.Event{Key: "k", Body: []byte("{}")}})
	require.False(t, turn.decode(func([]byte) (*receiving.Event, []receiving.Problem, error) { panic("index out of range") }))
	require.Nil(t, turn.ev)
	require.ErrorContains(t, turn.failure, "stored event: panic: index out of range")
	require.True(t, handling.IsPermanent(turn.failure), "a retry would panic again")
}
