package engine

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// forgetful is a store in which the event of an outcome is no longer there. It keeps what it has
// committed.
type forgetful struct {
	*memory.Store

	committed []store.Outcome
}

func (f *forgetful) Commit(_ context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	if out.Event != nil {
		return nil, store.ErrNotFound
	}
	f.committed = append(f.committed, out)
	return nil, nil
}

// TestResultsDoNotVanishWithAnEvent: if the event of a turn is gone, nothing of the turn takes
// effect; the results of sends before it do.
func TestResultsDoNotVanishWithAnEvent(t *testing.T) {
	t.Parallel()
	st := &forgetful{Store: memory.New(memory.Config{})}
	cfg := Config{Store: st, LeaseTTL: 15 * time.Second, Guard: NewGuard(slog.New(slog.DiscardHandler))}
	e := &Engine{cfg: cfg, writes: newStoreCalls(t.Context()), reads: newStoreCalls(t.Context())}
	id := store.LeaseID{Conversation: store.Conversation{PageID: "1", PSID: "2"}, Token: 3}
	w := &worker{e: e, lease: store.Lease{LeaseID: id}, held: &lease{ctx: t.Context()}, log: slog.New(slog.DiscardHandler)}
	confirmed := store.SendResult{Key: "k", State: store.SendFinished}
	record := store.Sent{Key: "k", Outcome: store.OutcomeSent}
	w.results = sendResults{{SendResult: confirmed, record: &record}}
	require.NoError(t, w.commit(store.Outcome{
		Event: &store.EventResult{Seq: 1}, Writes: []store.Write{store.AddThumbUp{PageID: "1", PSID: "2"}}, Release: true,
	}))
	require.Equal(t, []store.Outcome{
		{Lease: id, Results: []store.SendResult{confirmed}, Writes: []store.Write{store.SaveSent{Sent: record}}},
		{Lease: id, Release: true},
	}, st.committed)
	require.Empty(t, w.results)
}
