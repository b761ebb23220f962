package gormstore_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/sqlite"
)

// What no process serves stays at the head of the index of what is due. A claim walks past it once, and begins behind it
// from then on.
func TestClaimsBeginBehindWhatIsLeftToOthers(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	advance := func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
	}
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"), gormstore.WithClock(clock))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	var last queue.DueQuery
	gormstore.WatchClaims(st, func(query *queue.DueQuery) { last = *query })
	put := func(pageID string, n int) {
		for i := range n {
			conv := store.Conversation{PageID: pageID, PSID: fmt.Sprint(i)}
			require.NoError(t, st.Put(t.Context(), store.Event{Conversation: conv, Key: fmt.Sprint(pageID, i, clock())}))
		}
	}
	served := map[string]bool{"mine": true}
	claim := func() int {
		leases, err := st.Claim(t.Context(), store.Claim{
			Owner: "w", Conversations: 4, TTL: time.Hour, Serves: func(pageID string) bool { return served[pageID] },
		})
		require.NoError(t, err)
		return len(leases)
	}
	begins := func(want time.Time, pages int) {
		t.Helper()
		require.Equal(t, want, queue.Time(last.From))
		require.Len(t, last.Skip, pages)
	}
	for page := range 30 {
		put(fmt.Sprint("other", page), 20)
	}
	advance(time.Minute)
	require.Zero(t, claim())
	require.Zero(t, claim())
	begins(clock().Add(-10*time.Second), 30)

	// It looks on every second, and never past what it serves.
	put("mine", 2)
	first := clock()
	advance(time.Minute)
	require.Equal(t, 2, claim())
	begins(first, 30)
	advance(time.Second / 2)
	put("other1", 1)
	require.Zero(t, claim())
	begins(first, 30)

	// What is served anew may be anywhere.
	served["other7"] = true
	require.Equal(t, 4, claim())
	begins(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), 29)
	for range 4 {
		require.Equal(t, 4, claim())
	}
	require.Zero(t, claim())

	// The clock is set back.
	advance(-time.Hour)
	put("mine", 3)
	require.Equal(t, 1, claim(), "two of them are leased")
}

// A transaction that runs a program's functions adds due times as old as the commit timeout lets it become. A claim begins
// at none that is younger.
func TestClaimsBeginBeforeLongTransactions(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ timeout, settled time.Duration }{{time.Second, 10 * time.Second}, {time.Minute, time.Minute}} {
		st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"),
			gormstore.WithClock(func() time.Time { return now }), gormstore.WithCommitTimeout(c.timeout))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, st.Close()) })
		var last queue.DueQuery
		gormstore.WatchClaims(st, func(query *queue.DueQuery) { last = *query })
		require.NoError(t, st.Put(t.Context(), store.Event{Conversation: store.Conversation{PageID: "other", PSID: "ann"}, Key: "k"}))
		now = now.Add(time.Hour)
		for range 2 {
			leases, err := st.Claim(t.Context(), store.Claim{
				Owner: "w", Conversations: 4, TTL: time.Hour, Serves: func(string) bool { return false },
			})
			require.NoError(t, err)
			require.Empty(t, leases)
		}
		require.Equal(t, now.Add(-c.settled), queue.Time(last.From), c.timeout)
	}
}
