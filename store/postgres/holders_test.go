//go:build unix

package postgres_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
)

// The leases of a process that was killed are to be had long before they
// expire; those of one that is stopped are not.
func TestADeadProcessIsNoticedAndAStoppedOneIsNot(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.DSN(t)
	st := open(t, dsn)
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
	process := holder(t, dsn)
	told := make(chan struct{}, 1000)
	defer st.Wake(func() { told <- struct{}{} })()

	replicas := func() int {
		all, err := st.Attend(t.Context(), store.Replica{Owner: "self", TTL: time.Hour})
		require.NoError(t, err)
		return len(all)
	}

	require.NoError(t, process.Signal(syscall.SIGSTOP))
	require.Never(t, func() bool {
		leases, err := st.Claim(context.Background(), claim)
		return assert.NoError(t, err) && len(leases) > 0
	}, 1500*time.Millisecond, 50*time.Millisecond)

	require.Equal(t, 2, replicas())
	killed := time.Now()
	require.NoError(t, process.Signal(syscall.SIGKILL))
	var lease store.Lease
	for lease.Epoch == 0 {
		select {
		case <-told:
		case <-time.After(20 * time.Second):
			require.Fail(t, "nobody noticed")
		}
		leases, err := st.Claim(t.Context(), claim)
		require.NoError(t, err)
		if len(leases) > 0 {
			lease = leases[0]
		}
	}
	t.Log("noticed after", time.Since(killed))
	require.Eventually(t, func() bool { return replicas() == 1 }, 10*time.Second, 10*time.Millisecond, "what it announced is void")
	require.Equal(t, 2, lease.Starts, "it may have been the event that killed the process")
	require.Eventually(t, func() bool {
		var n int
		require.NoError(t, st.DB().Raw("SELECT COUNT(*) FROM messenger_holders").Scan(&n).Error)
		return n == 1
	}, 10*time.Second, 10*time.Millisecond)
}
