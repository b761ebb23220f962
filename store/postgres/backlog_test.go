package postgres_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// Each replica counts what the others put, too.
func TestTheBacklogIsThatOfAllReplicas(t *testing.T) {
	t.Parallel()
	all := replicas(t, 2, gormstore.WithBacklog(50))
	var over *store.BacklogError
	put := func(st store.Store, key string) error {
		return st.Put(context.Background(), store.Event{Conversation: ann, Key: key})
	}
	for i := range 50 {
		require.NoError(t, put(all[0], fmt.Sprint(i)))
	}
	require.ErrorAs(t, put(all[0], "more"), &over)
	n := 0
	require.Eventually(t, func() bool {
		n++
		return put(all[1], fmt.Sprint("other ", n)) != nil
	}, time.Minute, 20*time.Millisecond)
	require.ErrorAs(t, put(all[1], "more"), &over)
}
