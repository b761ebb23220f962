package sqlite_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/sqlite"
)

// The machine's clock is put an hour forward and back again, or back and forward
// again. Leases may be lost by that and events may wait, but nothing is lost,
// runs twice with effect, or changes its order.
func TestClockSteps(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]time.Duration{"forward": time.Hour, "back": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			var shift atomic.Int64
			clock := func() time.Time { return begun.Add(time.Duration(shift.Load())) }
			st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"), gormstore.WithClock(clock))
			require.NoError(t, err)
			put := func(key string, at time.Duration) {
				require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: key, Time: begun.Add(at)}))
			}
			put("1", 1)
			first, err := st.Claim(t.Context(), claim)
			require.NoError(t, err)
			require.Len(t, first, 1)

			shift.Store(int64(step))
			put("2", 2)
			second, err := st.Claim(t.Context(), claim)
			require.NoError(t, err)
			if step > 0 {
				require.Len(t, second, 1, "by the clock the first lease has run out")
				_, err := st.Commit(t.Context(), store.Outcome{Lease: first[0].LeaseID, Event: end(first[0].Events[0])})
				require.ErrorIs(t, err, store.ErrFenced)
			} else {
				require.Empty(t, second)
				second = first
			}
			_, err = st.Commit(t.Context(), store.Outcome{Lease: second[0].LeaseID, Event: end(second[0].Events[0]), Release: true})
			require.NoError(t, err)

			shift.Store(0)
			put("3", 3)
			shift.Store(int64(max(step, 0))) // when all is due by any clock
			third, err := st.Claim(t.Context(), claim)
			require.NoError(t, err)
			require.Len(t, third, 1)
			var keys []string
			for _, ev := range third[0].Events {
				keys = append(keys, ev.Key)
			}
			require.Equal(t, []string{"2", "3"}, keys)
			require.NoError(t, st.Close())
		})
	}
}

// When the clock was set back nobody waits for the old time to come again: not while
// the process runs, and not after its next start.
func TestClockSetBackHoldsNothingUp(t *testing.T) {
	t.Parallel()
	for _, restart := range []bool{false, true} {
		t.Run(fmt.Sprint("restart ", restart), func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			var shift atomic.Int64
			clock := gormstore.WithClock(func() time.Time { return begun.Add(time.Duration(shift.Load())) })
			path := filepath.Join(t.TempDir(), "bot.db")
			st, err := sqlite.Open(path, clock)
			require.NoError(t, err)
			conv := func(person string) store.Conversation { return store.Conversation{PageID: "1", PSID: person} }
			// One waits to be tried again, one has a message for later, one is new.
			require.NoError(t, st.Put(t.Context(), store.Event{Conversation: conv("tried"), Key: "1"}))
			leases, err := st.Claim(t.Context(), claim)
			require.NoError(t, err)
			require.Len(t, leases, 1)
			result := end(leases[0].Events[0])
			result.Retry = true
			_, err = st.Commit(t.Context(), store.Outcome{Lease: leases[0].LeaseID, Event: result, Release: true, After: time.Minute})
			require.NoError(t, err)
			require.NoError(t, st.Enqueue(t.Context(), store.Send{Conversation: conv("later"), Key: "2", Delay: time.Minute}))
			require.NoError(t, st.Put(t.Context(), store.Event{Conversation: conv("new"), Key: "3"}))

			back := -time.Hour
			shift.Store(int64(back))
			if restart {
				require.NoError(t, st.Close())
				st, err = sqlite.Open(path, clock)
				require.NoError(t, err)
			}
			who := func() (people []string) {
				claim := claim
				claim.TTL = time.Hour
				leases, err := st.Claim(t.Context(), claim)
				require.NoError(t, err)
				for _, lease := range leases {
					people = append(people, lease.PSID)
				}
				slices.Sort(people)
				return people
			}
			require.Equal(t, []string{"new"}, who())
			stats, err := st.Stats(t.Context())
			require.NoError(t, err)
			require.WithinDuration(t, begun.Add(back), stats.Oldest, time.Microsecond)
			shift.Store(int64(back + 59*time.Second))
			require.Empty(t, who())
			shift.Store(int64(back + time.Minute))
			require.Equal(t, []string{"later", "tried"}, who())
			require.NoError(t, st.Close())
		})
	}
}

// A clock that jumps forward and back again changes nothing of what was stored
// before.
func TestClockThatJumpsDoesNotHurryWhatIsDelayed(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	var shift atomic.Int64
	clock := gormstore.WithClock(func() time.Time { return begun.Add(time.Duration(shift.Load())) })
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"), clock)
	require.NoError(t, err)
	later := store.Send{Conversation: ann, Key: "later", Delay: 2 * time.Hour}
	require.NoError(t, st.Enqueue(t.Context(), later))
	claimed := func() int {
		leases, err := st.Claim(t.Context(), claim)
		require.NoError(t, err)
		return len(leases)
	}
	shift.Store(int64(time.Hour))
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: store.Conversation{PageID: "1", PSID: "bob"}, Key: "1"}))
	shift.Store(0)
	require.Equal(t, 1, claimed(), "bob's, and not the message")
	shift.Store(int64(2*time.Hour - time.Second))
	require.NoError(t, st.Forget(t.Context(), store.Conversation{PageID: "1", PSID: "bob"}))
	require.Zero(t, claimed())
	shift.Store(int64(2 * time.Hour))
	require.Equal(t, 1, claimed())
	require.NoError(t, st.Close())
}

// When the clock was set back, work that is done once waits no longer for another's lease than before, and an uploaded file is used no
// longer. A session stays: a clock that is behind at the start must not cost the dialogs.
func TestClockSetBackEndsLeasesAndFilesEarlier(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	var shift atomic.Int64
	clock := func() time.Time { return begun.Add(time.Duration(shift.Load())) }
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"), gormstore.WithClock(clock))
	require.NoError(t, err)
	started, err := st.StartOnce(t.Context(), "work", "1", time.Minute)
	require.NoError(t, err)
	require.NotZero(t, started.Token)
	require.NoError(t, st.Apply(t.Context(),
		store.SaveAttachment{PageID: "1", Name: "file", AttachmentID: "a", Expires: begun.Add(time.Hour)},
		store.SaveAttachment{PageID: "1", Name: "forever", AttachmentID: "b"},
		store.SaveSession{PageID: "1", PSID: "ann", Name: "dialog", Data: []byte("{}"), Life: time.Hour},
	))
	back := -24 * time.Hour
	for _, step := range []struct {
		at         time.Duration
		busy, file bool
	}{{back, true, true}, {back + 59*time.Second, true, true}, {back + 61*time.Second, false, true}, {back + 61*time.Minute, false, false}} {
		shift.Store(int64(step.at))
		require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: fmt.Sprint(step.at)}))
		state, err := st.StartOnce(t.Context(), "work", "1", time.Minute)
		require.NoError(t, err)
		require.Equal(t, step.busy, state.Busy > 0, step.at)
		require.LessOrEqual(t, state.Busy, time.Minute)
		_, err = st.Attachment(t.Context(), "1", "file")
		require.Equal(t, step.file, err == nil, step.at)
		_, err = st.Attachment(t.Context(), "1", "forever")
		require.NoError(t, err)
		_, err = st.Session(t.Context(), "1", "ann", "dialog")
		require.NoError(t, err)
	}
	require.NoError(t, st.Close())
}

func end(ev store.QueuedEvent) *store.EventResult {
	return &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}
}

// TestClockIsTheOneOfClaims: without a clock of its own a test reads the same clock that claims read.
func TestClockIsTheOneOfClaims(t *testing.T) {
	t.Parallel()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	before, err := st.Now(t.Context())
	require.NoError(t, err)
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
	leases, err := st.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, 1)
	after, err := st.Now(t.Context())
	require.NoError(t, err)
	require.True(t, !leases[0].Now.Before(before) && !leases[0].Now.After(after), "%v, %v, %v", before, leases[0].Now, after)
}
