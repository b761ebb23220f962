package gormstore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
)

// What another process handles makes room: a Put that an old count would refuse waits for a new one.
func TestARefusalRestsOnANewCount(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.Database(t)
	var replicas []*gormstore.Store
	for range 2 {
		st, err := postgres.Open(dsn, gormstore.WithBacklog(3))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, st.Close()) })
		replicas = append(replicas, st)
	}
	put := func(key int) error {
		conv := store.Conversation{PageID: "page", PSID: fmt.Sprint(key)}
		return replicas[0].Put(t.Context(), store.Event{Conversation: conv, Key: fmt.Sprint(key)})
	}
	for key := range 3 {
		require.NoError(t, put(key))
	}
	var full *store.BacklogError
	gormstore.Recount(replicas[0])
	require.ErrorAs(t, put(3), &full, "a new count does not help")

	leases, err := replicas[1].Claim(t.Context(), store.Claim{Owner: "w", Conversations: 3, TTL: time.Minute})
	require.NoError(t, err)
	require.Len(t, leases, 3)
	for _, lease := range leases {
		ended := &store.EventResult{Seq: lease.Events[0].Seq}
		_, err := replicas[1].Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Event: ended, Release: true})
		require.NoError(t, err)
	}
	gormstore.Recount(replicas[0])
	for key := range 3 {
		require.NoError(t, put(10+key))
	}
	require.ErrorAs(t, put(13), &full)
}

// A count beside transactions that commit comes to the right number.
func TestACountBesideCommits(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, p place) {
		st := p.store(t)
		conv := store.Conversation{PageID: "page", PSID: "ann"}
		require.NoError(t, st.Put(t.Context(), store.Event{Conversation: conv, Key: "1"}))
		gormstore.Recount(st)
		for key := range 50 {
			require.NoError(t, st.Put(t.Context(), store.Event{Conversation: conv, Key: fmt.Sprint(key)}))
		}
		for gormstore.Recounting(st) {
			require.NoError(t, st.Put(t.Context()))
		}
		require.Equal(t, 50, gormstore.Waiting(st, "page"))
	})
}
