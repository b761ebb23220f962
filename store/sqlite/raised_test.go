package sqlite_test

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/sqlite"
)

// What was raised by a clock that was an hour ahead waits as long as it was to wait, while the process runs and at the next start, and
// what became due while no process ran is handed out.
func TestTimersKeepTheirDelaysWhenTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	var shift atomic.Int64
	clock := func() time.Time { return begun.Add(time.Duration(shift.Load())) }
	path := filepath.Join(t.TempDir(), "bot.db")
	open := func() *gormstore.Store {
		st, err := sqlite.Open(path, gormstore.WithClock(clock))
		require.NoError(t, err)
		return st
	}
	st := open()
	timer := func(key string, delay time.Duration) {
		require.NoError(t, st.Apply(t.Context(), store.Raise{Conversation: ann, Key: key, Delay: delay}))
	}
	fires := func(want ...string) {
		t.Helper()
		leases, err := st.Claim(t.Context(), claim)
		require.NoError(t, err)
		keys := []string{}
		for _, lease := range leases {
			keys = append(keys, lease.Events[0].Raised.Key)
			_, err := st.Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Event: end(lease.Events[0]), Release: true})
			require.NoError(t, err)
		}
		require.Equal(t, append([]string{}, want...), keys)
	}
	timer("true", 10*time.Minute)
	shift.Store(int64(time.Hour)) // ahead
	fires("true")
	timer("ahead", time.Minute)
	timer("now", 0)
	shift.Store(0)
	fires("now")
	shift.Store(int64(time.Minute) - int64(time.Millisecond))
	fires()
	shift.Store(int64(time.Minute))
	fires("ahead")

	shift.Store(int64(time.Hour))
	timer("over a restart", time.Minute)
	require.NoError(t, st.Close())
	shift.Store(int64(2 * time.Minute))
	st = open()
	fires()
	shift.Store(int64(3 * time.Minute))
	fires("over a restart")
	timer("while none ran", time.Minute)
	require.NoError(t, st.Close())
	shift.Store(int64(time.Hour))
	st = open()
	fires("while none ran")
	require.NoError(t, st.Close())
}

// At a start, the time of a timer, which has no dedup key, shows that the clock was set back, too.
func TestTimersShowThatTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	var shift atomic.Int64
	begun := time.Now()
	path := filepath.Join(t.TempDir(), "bot.db")
	open := func() *gormstore.Store {
		st, err := sqlite.Open(path, gormstore.WithClock(func() time.Time { return begun.Add(time.Duration(shift.Load())) }))
		require.NoError(t, err)
		return st
	}
	st := open()
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "m1", Time: begun}))
	shift.Store(int64(10 * time.Hour))
	require.NoError(t, st.Apply(t.Context(), store.Raise{Conversation: bob, Key: "k", Delay: time.Minute, Replace: true}))
	require.NoError(t, st.Close())
	shift.Store(int64(time.Hour))
	st = open()
	_, err := st.Claim(t.Context(), claim) // its delay begins anew with the first use
	require.NoError(t, err)
	timers, err := st.Timers(t.Context(), bob, store.TimerQuery{})
	require.NoError(t, err)
	require.Len(t, timers, 1)
	require.Equal(t, begun.Add(time.Hour+time.Minute).UnixMicro(), timers[0].Due.UnixMicro())
	require.NoError(t, st.Close())
}
