package memory_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// TestClockSetBackHoldsNothingUp: what is new is due, and what waits for a time waits for the rest of it.
func TestClockSetBackHoldsNothingUp(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	now := begun
	m := memory.New(memory.Config{Now: func() time.Time { return now }})
	conv := func(person string) store.Conversation { return store.Conversation{PageID: "page", PSID: person} }
	claim := func() []store.Lease {
		leases, err := m.Claim(t.Context(), store.Claim{Conversations: 10, Events: 10, Background: 10, TTL: 24 * time.Hour})
		require.NoError(t, err)
		return leases
	}
	who := func() (people []string) {
		for _, lease := range claim() {
			people = append(people, lease.PSID)
		}
		slices.Sort(people)
		return people
	}
	require.NoError(t, m.Put(t.Context(), store.Event{Conversation: conv("tried"), Key: "1"}))
	tried := claim()[0]
	_, err := m.Commit(t.Context(), store.Outcome{
		Lease: tried.LeaseID, Event: &store.EventResult{Seq: tried.Events[0].Seq, Retry: true}, Release: true, After: time.Minute,
	})
	require.NoError(t, err)
	require.NoError(t, m.Enqueue(t.Context(), store.Send{Conversation: conv("later"), Key: "2", Delay: time.Minute}))
	require.NoError(t, m.Enqueue(t.Context(), store.Send{Conversation: conv("sent"), Key: "3"}))
	require.NoError(t, m.Put(t.Context(), store.Event{Conversation: conv("new"), Key: "4"}))
	require.NoError(t, m.Apply(t.Context(),
		store.Raise{Conversation: conv("raised"), Key: "timer", Delay: time.Minute},
		store.SaveAttachment{PageID: "page", Name: "file", AttachmentID: "7", Expires: now.Add(time.Minute)}))
	state, err := m.StartOnce(t.Context(), "once", "v1", time.Minute)
	require.NoError(t, err)

	back := begun.Add(-time.Hour)
	now = back
	require.Equal(t, []string{"new", "sent"}, who())
	stats, err := m.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, back, stats.Oldest)
	now = back.Add(time.Minute - time.Microsecond)
	require.Empty(t, who())
	id, err := m.Attachment(t.Context(), "page", "file")
	require.NoError(t, err)
	require.Equal(t, "7", id)
	other, err := m.StartOnce(t.Context(), "once", "v1", time.Minute)
	require.NoError(t, err)
	require.Zero(t, other.Token, "another replica has it: %v", state)
	now = back.Add(time.Minute + time.Microsecond)
	require.Equal(t, []string{"later", "raised", "tried"}, who())
	_, err = m.Attachment(t.Context(), "page", "file")
	require.ErrorIs(t, err, store.ErrNotFound)
	other, err = m.StartOnce(t.Context(), "once", "v1", time.Minute)
	require.NoError(t, err)
	require.NotZero(t, other.Token)
}
