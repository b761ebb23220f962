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
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
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
		all, err := st.Heartbeat(t.Context(), store.Replica{Owner: "self", TTL: time.Hour})
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
	for lease.Token == 0 {
		select {
		case <-told:
		case <-time.After(time.Minute):
			require.Fail(t, "nobody noticed")
		}
		leases, err := st.Claim(t.Context(), claim)
		require.NoError(t, err)
		if len(leases) > 0 {
			lease = leases[0]
		}
	}
	t.Log("noticed after", time.Since(killed))
	require.Eventually(t, func() bool { return replicas() == 1 }, time.Minute, 10*time.Millisecond, "what it announced is void")
	require.Equal(t, 2, lease.Deliveries)
	require.Equal(t, lease.Events[0].Seq, lease.Fatal, "it ran alone when the process ended")
	require.Eventually(t, func() bool {
		var n int
		require.NoError(t, st.DB().Raw("SELECT COUNT(*) FROM messenger_holders").Scan(&n).Error)
		return n == 1
	}, time.Minute, 10*time.Millisecond)
}

// A process that lost its connections has 200 ms to come back, and each of several 10 s
// when the server was away.
func TestWhoHoldsNoLockForLongHasEnded(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	seven, both := []int64{7}, []int64{7, 8}
	for name, c := range map[string]struct {
		looks []postgres.Look
		want  [][]int64
	}{
		"absent for long": {
			[]postgres.Look{{At: 0, Absent: seven}, {At: 100 * ms, Absent: seven}, {At: 199 * ms, Absent: seven}, {At: 200 * ms, Absent: seven}, {At: 300 * ms, Absent: seven}},
			[][]int64{nil, nil, nil, seven, seven}, // again until it is deleted
		},
		"back in time": {
			[]postgres.Look{{At: 0, Absent: seven}, {At: 100 * ms}, {At: 200 * ms, Absent: seven}, {At: 300 * ms, Absent: seven}, {At: 400 * ms, Absent: seven}},
			[][]int64{nil, nil, nil, nil, seven},
		},
		"looks far apart": {
			[]postgres.Look{{At: 0, Absent: seven}, {At: time.Minute, Absent: both}, {At: 2 * time.Minute, Absent: both}},
			[][]int64{nil, seven, both},
		},
		"the server was away": {
			[]postgres.Look{
				{At: 0, Absent: seven}, {At: 100 * ms, Away: true}, {At: 300 * ms, Absent: seven}, {At: 10 * time.Second, Absent: seven},
				{At: 10*time.Second + 100*ms, Absent: seven}, {At: 10*time.Second + 300*ms, Absent: seven},
			},
			[][]int64{nil, nil, nil, nil, nil, seven},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, postgres.Ended(c.looks...))
		})
	}
}

// A process that ended while no other was there to notice leaves leases that have
// merely expired when the next one comes. Those of a process that is stopped look
// the same, but it is still connected.
func TestWhoseProcessEndedIsKnownAfterTheLeaseExpired(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		signal syscall.Signal
		fatal  bool
	}{"killed": {syscall.SIGKILL, true}, "stopped": {syscall.SIGSTOP, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := testpostgres.DSN(t)
			later := func() time.Time { return time.Now().Add(time.Hour) }
			st, err := postgres.Open(dsn, gormstore.WithClock(later))
			require.NoError(t, err)
			defer func() { require.NoError(t, st.Close()) }()
			require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
			require.NoError(t, st.DB().Exec("UPDATE messenger_conversations SET next_at = 1").Error)
			process := holder(t, dsn)
			// Without their numbers no process looks after the leases of others.
			require.NoError(t, st.DB().Exec("DELETE FROM messenger_holders").Error)
			require.NoError(t, process.Signal(c.signal))
			connected := 1
			if c.fatal {
				_, err = process.Wait()
				require.NoError(t, err)
				connected = 0
			}
			require.Eventually(t, func() bool {
				var n int
				require.NoError(t, st.DB().Raw(`SELECT COUNT(*) FROM pg_locks l JOIN messenger_conversations m ON l.objid::bigint = m.holder % 2147483647 + 1
					WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&n).Error)
				return min(n, 1) == connected
			}, time.Minute, 10*time.Millisecond, "the server has noticed")
			leases, err := st.Claim(t.Context(), claim)
			require.NoError(t, err)
			require.Len(t, leases, 1)
			require.Equal(t, 2, leases[0].Deliveries)
			require.Equal(t, c.fatal, leases[0].Fatal == leases[0].Events[0].Seq)
		})
	}
}
