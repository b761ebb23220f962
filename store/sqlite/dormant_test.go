package sqlite_test

import (
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/sqlite"
)

// However many timers wait that are not due, there is no row of their conversations, so that those of others lie close together.
func TestTimersThatAreNotDueKeepNoRowOfTheirConversation(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	var shift atomic.Int64
	path := filepath.Join(t.TempDir(), "bot.db")
	open := func() *gormstore.Store {
		st, err := sqlite.Open(path, gormstore.WithClock(func() time.Time { return begun.Add(time.Duration(shift.Load())) }))
		require.NoError(t, err)
		return st
	}
	st := open()
	rows := func(want int64) {
		t.Helper()
		var n int64
		require.NoError(t, st.DB().Table("messenger_conversations").Count(&n).Error)
		require.Equal(t, want, n)
	}
	timer := func(conv store.Conversation, key string, delay time.Duration) store.Write {
		return store.Raise{Conversation: conv, Key: key, Delay: delay, Replace: true}
	}
	leased := func(want ...string) {
		t.Helper()
		leases, err := st.Claim(t.Context(), claim)
		require.NoError(t, err)
		keys := []string{}
		for _, lease := range leases {
			for _, ev := range lease.Events {
				keys = append(keys, ev.Key[:1]+ev.Raised.Key)
				_, err := st.Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Event: end(ev)})
				require.NoError(t, err)
			}
			_, err := st.Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Release: true})
			require.NoError(t, err)
		}
		require.Equal(t, append([]string{}, want...), keys)
	}
	require.NoError(t, st.Apply(t.Context(), timer(ann, "k", time.Minute), timer(ann, "l", time.Hour), timer(bob, "k", 2*time.Hour)))
	rows(0)
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "m1", Time: begun}))
	rows(1)
	leased("m")
	rows(0)
	require.NoError(t, st.Apply(t.Context(), timer(ann, "k", 2*time.Minute)), "it is moved")
	require.NoError(t, st.Enqueue(t.Context(), store.Send{Conversation: bob, Key: "s", Delay: 3 * time.Hour}))
	rows(1) // a message waits behind the timer of bob
	shift.Store(int64(time.Minute))
	leased()
	shift.Store(int64(2 * time.Minute))
	leased("sk")
	rows(1)

	require.NoError(t, st.Close())
	shift.Store(int64(time.Hour))
	st = open()
	leased("sl")
	shift.Store(int64(2 * time.Hour))
	leased("sk")
	rows(1)
	shift.Store(int64(3 * time.Hour))
	leases, err := st.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, 1)
	require.Equal(t, "s", leases[0].Sends[0].Key)
	require.NoError(t, st.Close())
}

// A timer is found that is due before a time up to which a claim has looked: the clock was set back a little in between.
func TestTimerThatIsDueWhereAClaimHasLooked(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	var shift atomic.Int64
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"), gormstore.WithClock(func() time.Time { return begun.Add(time.Duration(shift.Load())) }))
	require.NoError(t, err)
	defer func() { require.NoError(t, st.Close()) }()
	due := func() int {
		leases, err := st.Claim(t.Context(), claim)
		require.NoError(t, err)
		return len(leases)
	}
	shift.Store(int64(900 * time.Millisecond))
	require.Zero(t, due())
	shift.Store(0)
	require.NoError(t, st.Apply(t.Context(), store.Raise{Conversation: ann, Key: "k", Delay: 300 * time.Millisecond, Replace: true}))
	require.Zero(t, due())
	shift.Store(int64(300 * time.Millisecond))
	require.Equal(t, 1, due())
}

// What a turn writes for a conversation that only waited for a timer stays, also behind a function of OnCommit, for which the store has
// written the timer.
func TestWritesBehindACallReachAConversationWithoutARow(t *testing.T) {
	t.Parallel()
	st := openTemp(t)
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "m", Time: time.Now()}))
	leases, err := st.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, 1)
	set := store.NewTurn(st, store.Person{PageID: ann.PageID, PSID: ann.PSID}).Begin("r")
	ctx := set.Context(t.Context())
	require.NoError(t, store.Queue(ctx, store.Raise{Conversation: bob, Key: "k", Delay: time.Hour, Replace: true}))
	require.NoError(t, gormstore.OnCommit(ctx, func(*gorm.DB) error { return nil }))
	_, err = st.Commit(t.Context(), store.Outcome{
		Lease: leases[0].LeaseID, Event: end(leases[0].Events[0]), Writes: set.End(), Sends: []store.Send{{Conversation: bob, Key: "s"}}, Release: true,
	})
	require.NoError(t, err)
	leases, err = st.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, 1)
	require.Equal(t, "s", leases[0].Sends[0].Key)
}

// A claim hands out the timers that are due, whether they are few or many among what it leases.
func TestClaimsFindFewAndManyTimers(t *testing.T) {
	t.Parallel()
	for _, timers := range []int{0, 1, 15, 16, 17, 40} {
		t.Run(strconv.Itoa(timers), func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			var shift atomic.Int64
			st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"), gormstore.WithClock(func() time.Time { return begun.Add(time.Duration(shift.Load())) }))
			require.NoError(t, err)
			defer func() { require.NoError(t, st.Close()) }()
			want := map[string]int{}
			for i := range 40 {
				conv := store.Conversation{PageID: "page", PSID: strconv.Itoa(i)}
				require.NoError(t, st.Put(t.Context(), store.Event{Conversation: conv, Key: conv.PSID, Time: begun.Add(time.Hour)}))
				delay := time.Hour
				if i < timers {
					delay = time.Minute
				}
				require.NoError(t, st.Apply(t.Context(), store.Raise{Conversation: conv, Key: "k", Delay: delay, Replace: true}))
				want[conv.PSID] = 1
				if i < timers {
					want[conv.PSID] = 2
				}
			}
			shift.Store(int64(time.Minute))
			leases, err := st.Claim(t.Context(), claim)
			require.NoError(t, err)
			got := map[string]int{}
			for _, lease := range leases {
				got[lease.PSID] = len(lease.Events)
				require.Equal(t, len(lease.Events) == 2, lease.Events[0].Raised.Is())
			}
			require.Equal(t, want, got)
		})
	}
}
