package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// A query of the host that keeps a conversation locked delays the renewal of no other lease, also while all connections that write wait
// for that lock.
func TestRenewWaitsForNoLock(t *testing.T) {
	t.Parallel()
	var clock shifted
	st := open(t, testpostgres.DSN(t), gormstore.WithClock(clock.now))
	bob := store.Conversation{PageID: "page", PSID: "bob"}
	eve := store.Conversation{PageID: "page", PSID: "eve"}
	ids := map[store.Conversation]store.LeaseID{}
	lease := func(conv store.Conversation) {
		t.Helper()
		require.NoError(t, st.Put(t.Context(), store.Event{Conversation: conv, Key: fmt.Sprint(conv, clock.now()), Time: clock.now()}))
		leases, err := st.Claim(t.Context(), store.Claim{Owner: "w", Conversations: 10, Events: 10, Suspects: claim.Suspects, TTL: time.Minute})
		require.NoError(t, err)
		for _, l := range leases {
			ids[l.Conversation] = l.LeaseID
		}
	}
	lease(eve)
	stale := ids[eve]
	clock.advance(time.Minute)
	lease(eve)
	lease(ann)
	lease(bob)
	require.NotEqual(t, stale, ids[eve])

	host := st.DB().Begin()
	require.NoError(t, host.Error)
	defer host.Rollback()
	require.NoError(t, host.Exec("SELECT 1 FROM messenger_conversations WHERE person_id IN ('ann', 'eve') FOR UPDATE").Error)
	puts := make(chan error, 2)
	for i := range cap(puts) {
		go func() {
			puts <- st.Put(t.Context(), store.Event{Conversation: ann, Key: fmt.Sprint("waits ", i), Time: clock.now()})
		}()
		require.Eventually(t, func() bool {
			var n int
			err := st.DB().Raw(`SELECT COUNT(DISTINCT w.pid) FROM pg_locks w WHERE NOT w.granted AND EXISTS (SELECT 1 FROM pg_locks l
				WHERE l.pid = w.pid AND l.relation = 'messenger_conversations'::regclass)`).Scan(&n).Error
			return err == nil && n == i+1
		}, time.Minute, 5*time.Millisecond)
	}

	clock.advance(30 * time.Second)
	lost, err := st.Renew(t.Context(), time.Minute, stale, ids[ann], ids[bob])
	require.Empty(t, puts, "the connections that write have waited all the time")
	require.Equal(t, []store.LeaseID{stale}, lost, "which the lock does not hide")
	require.Equal(t, &store.RenewError{Leases: []store.LeaseID{ids[ann]}}, err)
	require.NoError(t, host.Rollback().Error)
	for range cap(puts) {
		require.NoError(t, <-puts)
	}
	lost, err = st.Renew(t.Context(), time.Second, ids[ann])
	require.NoError(t, err)
	require.Empty(t, lost)
	clock.advance(45 * time.Second)
	leases, err := st.Claim(t.Context(), store.Claim{Owner: "w", Conversations: 10, Events: 10, Suspects: claim.Suspects, TTL: time.Minute})
	require.NoError(t, err)
	var expired []store.Conversation
	for _, l := range leases {
		expired = append(expired, l.Conversation)
	}
	require.ElementsMatch(t, []store.Conversation{ann, eve}, expired, "bob's was renewed")
}
