package gormstore_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
)

// The same keys at once to three replicas, each in an order of its own and for
// a person of its own: only the keys make them wait for each other.
func TestBatchesInAnyOrderOfKeys(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.Database(t)
	watcher, err := postgres.Open(dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, watcher.Close()) }()
	before := deadlocks(t, watcher)
	const rounds, keys = 10, 1000
	var replicas []*gormstore.Store
	for range 3 {
		st, err := postgres.Open(dsn)
		require.NoError(t, err)
		replicas = append(replicas, st)
	}
	for round := range rounds {
		var putting sync.WaitGroup
		for i := range 12 {
			putting.Go(func() {
				conv := store.Conversation{PageID: "page", PSID: fmt.Sprint(i)}
				var events []store.Event
				var sends []store.Send
				for _, k := range rand.Perm(keys) {
					events = append(events, store.Event{Conversation: conv, Key: fmt.Sprint(round, "/", k)})
					sends = append(sends, store.Send{Conversation: conv, Key: fmt.Sprint(round, "/", k)})
				}
				st := replicas[i%3]
				untilStored(t, func() error { return st.Put(context.Background(), events...) })
				untilStored(t, func() error { return st.Enqueue(context.Background(), sends...) })
			})
		}
		putting.Wait()
	}
	for _, st := range replicas {
		require.NoError(t, st.Close())
	}
	require.Equal(t, before, deadlocks(t, watcher))
	stats, err := watcher.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, rounds*keys, stats.Events)
	require.Equal(t, rounds*keys, stats.Sends)
}
