package engine

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// committing is a store that notes what is committed.
type committing struct {
	store.Store
	fail      error
	committed []store.Outcome
}

func (c *committing) Commit(_ context.Context, o store.Outcome) ([]store.QueuedSend, error) {
	c.committed = append(c.committed, o)
	return nil, c.fail
}

// The saver releases a conversation as its worker would have: the conversation rests as long, an event ends
// the rest if it would have, and the end of the rest has a hint, since the poll may come a second later.
func TestSaverReleasesAsTheWorkerWouldHave(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail error
		want []time.Duration
	}{
		"saved":  {nil, []time.Duration{7 * time.Second}},
		"fenced": {store.ErrFenced, nil},
		"failed": {errors.New("away"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var hints []time.Duration
			st := &committing{fail: c.fail}
			cfg := Config{LeaseTTL: 15 * time.Second, Store: st, Logger: slog.New(slog.DiscardHandler), Guard: NewGuard(slog.New(slog.DiscardHandler))}
			u := newUnsaved(cfg, t.Context, func(wait time.Duration) { hints = append(hints, wait) })
			u.keep(&kept{
				lease:   store.LeaseID{Conversation: store.Conversation{PageID: "1", PSID: "2"}, Token: 3},
				results: sendResults{{SendResult: store.SendResult{Key: "k", State: store.SendAgain}}},
				rest:    rest{after: 7 * time.Second, untilEvent: true, awaits: "k"},
			})
			u.save()
			require.Equal(t, c.want, hints)
			require.Len(t, st.committed, 1)
			out := st.committed[0]
			require.True(t, out.Release)
			require.Equal(t, rest{7 * time.Second, true, "k"}, rest{out.After, out.UntilEvent, out.Awaits})
			require.Len(t, out.Results, 1)
		})
	}
}
