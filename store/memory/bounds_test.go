package memory_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

var ann = store.Conversation{PageID: "page", PSID: "ann"}

func TestForgetsTheOldestRecords(t *testing.T) {
	t.Parallel()
	m := memory.New(memory.Config{Records: 3})
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 5 {
		key := fmt.Sprint(i)
		at = at.Add(time.Second)
		require.NoError(t, m.Apply(t.Context(),
			store.SaveMessage{Received: store.Received{PageID: ann.PageID, PSID: ann.PSID, Key: key, At: at}},
			store.SaveSent{Sent: store.Sent{PageID: ann.PageID, PSID: ann.PSID, Key: key, At: at}},
			store.AddLocation{Location: store.Location{PageID: ann.PageID, PSID: ann.PSID, MID: key, At: at}}))
		require.NoError(t, m.Put(t.Context(), store.Event{Conversation: ann, Key: key}))
		leases, err := m.Claim(t.Context(), store.Claim{Conversations: 1, Background: 1, TTL: time.Hour})
		require.NoError(t, err)
		ev := leases[0].Events[0]
		_, err = m.Commit(t.Context(), store.Outcome{
			Lease: leases[0].LeaseID, Event: &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts, Failures: []store.Failure{{}}}, Release: true,
		})
		require.NoError(t, err)
	}
	received, err := m.Received(t.Context(), ann.PageID, ann.PSID, 10)
	require.NoError(t, err)
	sent, err := m.Sent(t.Context(), ann.PageID, ann.PSID, 10)
	require.NoError(t, err)
	locations, err := m.Locations(t.Context(), ann.PageID, ann.PSID, 10)
	require.NoError(t, err)
	dead, err := m.Dead(t.Context(), store.DeadQuery{})
	require.NoError(t, err)
	for i := range 3 {
		require.Equal(t, fmt.Sprint(4-i), received[i].Key)
		require.Equal(t, fmt.Sprint(4-i), sent[i].Key)
		require.Equal(t, fmt.Sprint(4-i), locations[i].MID)
		require.Equal(t, fmt.Sprint(2+i), dead[i].Key)
	}
	require.Len(t, received, 3)
	require.Len(t, sent, 3)
	require.Len(t, locations, 3)
	require.Len(t, dead, 3)
	// What fell out may be kept anew.
	require.NoError(t, m.Apply(t.Context(), store.SaveMessage{Received: store.Received{
		PageID: ann.PageID, PSID: ann.PSID, Key: "0", At: at.Add(time.Second),
	}}))
	received, err = m.Received(t.Context(), ann.PageID, ann.PSID, 1)
	require.NoError(t, err)
	require.Equal(t, "0", received[0].Key)
}

func TestForgetsTheOldestKeysThatDoNotWait(t *testing.T) {
	t.Parallel()
	m := memory.New(memory.Config{DedupKeys: 3})
	bob := store.Conversation{PageID: "page", PSID: "bob"}
	require.NoError(t, m.Put(t.Context(), store.Event{Conversation: bob, Key: "waits"}))
	leases, err := m.Claim(t.Context(), store.Claim{Conversations: 1, Background: 1, TTL: time.Hour})
	require.NoError(t, err)
	require.Len(t, leases, 1)
	for i := range 5 {
		require.NoError(t, m.Put(t.Context(), store.Event{Conversation: ann, Key: fmt.Sprint(i)}))
		leases, err := m.Claim(t.Context(), store.Claim{Conversations: 1, Background: 1, TTL: time.Hour})
		require.NoError(t, err)
		ev := leases[0].Events[0]
		_, err = m.Commit(t.Context(), store.Outcome{
			Lease: leases[0].LeaseID, Event: &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}, Release: true,
		})
		require.NoError(t, err)
	}
	for i, key := range []string{"waits", "3", "4", "0"} {
		require.NoError(t, m.Put(t.Context(), store.Event{Conversation: ann, Key: key}))
		stats, err := m.Stats(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1+i/3, stats.Events, "only the last was forgotten, not %q", key)
	}
}

func TestKeepsProductAndStandby(t *testing.T) {
	t.Parallel()
	m := memory.New(memory.Config{})
	r := store.Received{PageID: ann.PageID, PSID: ann.PSID, Key: "k", Object: "instagram", Standby: true, At: time.Unix(1, 0).UTC()}
	require.NoError(t, m.Apply(t.Context(), store.SaveMessage{Received: r}))
	got, err := m.Received(t.Context(), ann.PageID, ann.PSID, 1)
	require.NoError(t, err)
	require.Equal(t, []store.Received{r}, got)
}

func TestRunsNoCalls(t *testing.T) {
	t.Parallel()
	set := store.NewTurn(memory.New(memory.Config{}), store.Person{}).Begin("r")
	err := store.Queue(set.Context(t.Context()), store.AddThumbUp{}, store.Call{API: "gorm"})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.Empty(t, set.End(), "all or none")
}
