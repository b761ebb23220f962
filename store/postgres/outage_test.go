package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/postgres"
)

// The database goes out of reach in every way, while events are put: what was
// acknowledged is there, what was not is an error, and it comes back by itself.
func TestTheDatabaseGoesAndComesBack(t *testing.T) {
	t.Parallel()
	p, dsn := newProxy(t)
	st := open(t, dsn)
	var mu sync.Mutex
	stored := map[string]bool{}
	failed := 0
	over := make(chan struct{})
	var putting sync.WaitGroup
	for w := range 8 {
		putting.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-over:
					return
				default:
				}
				key := fmt.Sprint(w, "/", i)
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				err := st.Put(ctx, store.Event{Conversation: ann, Key: key})
				cancel()
				mu.Lock()
				if err == nil {
					stored[key] = true
				} else {
					failed++
				}
				mu.Unlock()
			}
		})
	}
	back := func() {
		t.Helper()
		require.Eventually(t, func() bool { return st.Ping(context.Background()) == nil }, time.Minute, 10*time.Millisecond)
	}
	back()
	for range 3 {
		p.set(refusing)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		require.Error(t, st.Ping(ctx))
		cancel()
		p.set(passing)
		back()
	}
	// Half-open: no answer comes, and no end.
	p.set(frozen)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	require.Error(t, st.Put(ctx, store.Event{Conversation: ann, Key: "frozen"}))
	cancel()
	p.set(passing)
	back()
	close(over)
	putting.Wait()

	require.NotZero(t, failed)
	t.Log(len(stored), "stored,", failed, "refused")
	var keys []string
	require.NoError(t, st.DB().Table("messenger_inbox").Pluck("key", &keys).Error)
	there := map[string]bool{}
	for _, key := range keys {
		there[key] = true
	}
	for key := range stored {
		require.True(t, there[key], "%s was acknowledged and is lost", key)
	}
	require.Len(t, there, len(keys), "none is there twice")
}

// A connection that gives no answer is given up by the writer's own deadline,
// though no caller's context ends.
func TestTheWriterGivesUpAConnectionWithoutAnswer(t *testing.T) {
	t.Parallel()
	p, dsn := newProxy(t)
	st := open(t, dsn)
	require.NoError(t, st.Ping(t.Context()))
	p.set(frozen)
	require.Error(t, st.Put(context.Background(), store.Event{Conversation: ann, Key: "k"}), "it returns at all")
	require.Less(t, postgres.Timeout, 15*time.Second, "less than a lease")
	p.set(passing)
	require.Eventually(t, func() bool { return st.Ping(context.Background()) == nil }, time.Minute, 10*time.Millisecond)
}

// Commits with unknown outcome are committed again, and take effect once.
func TestCommitsThroughAnOutageTakeEffectOnce(t *testing.T) {
	t.Parallel()
	p, dsn := newProxy(t)
	st := open(t, dsn)
	const events = 40
	for i := range events {
		require.NoError(t, st.Put(t.Context(), store.Event{
			Conversation: store.Conversation{PageID: "page", PSID: fmt.Sprint(i)}, Key: fmt.Sprint(i),
		}))
	}
	leases, err := st.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, events)
	var committing sync.WaitGroup
	for _, lease := range leases {
		committing.Go(func() {
			for {
				_, err := st.Commit(context.Background(), store.Outcome{
					Lease: lease.LeaseID, Event: end(lease.Events[0]),
					Writes: []store.Write{store.AddThumbUp{PageID: "page", PSID: "all"}},
				})
				if err == nil || errors.Is(err, store.ErrNotFound) {
					return
				}
			}
		})
	}
	for range 5 {
		p.set(refusing)
		p.set(passing)
	}
	committing.Wait()
	require.Eventually(t, func() bool { return st.Ping(context.Background()) == nil }, time.Minute, 10*time.Millisecond)
	person, err := st.Person(t.Context(), "page", "all")
	require.NoError(t, err)
	require.Equal(t, events, person.ThumbUps)
}

// The server ends the writer's connections while the writer is idle. The process
// connects again by itself, and takes the lock again that its leases depend on. Within
// what time it has to is in TestWhoHoldsNoLockForLongHasEnded: here no other looks.
func TestALostConnectionIsMadeAgain(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.DSN(t)
	st := open(t, dsn)
	other, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close(context.Background())) }()
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
	lease := one(t, st, claim)
	count := func(what string) (n int) {
		t.Helper()
		require.NoError(t, other.QueryRow(t.Context(), "SELECT COUNT("+what+`) FROM pg_locks
			WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted AND objsubid = 2
			AND objid = (SELECT holder % 2147483647 + 1 FROM messenger_conversations WHERE lease_until <> 0)
			AND classid::bigint = (hashtext('messenger ' || current_schema())::bigint & 4294967295)`).Scan(&n))
		return n
	}
	for range 3 {
		require.NotZero(t, count("pg_terminate_backend(pid, 60000)"), "which waits until they have ended")
		require.Eventually(t, func() bool { return count("*") > 0 }, time.Minute, 10*time.Millisecond)
	}
	_, err = st.Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Event: end(lease.Events[0]), Release: true})
	require.NoError(t, err)
}

func TestADatabaseOutOfReachIsAClearError(t *testing.T) {
	t.Parallel()
	p, dsn := newProxy(t)
	for _, state := range []proxyState{refusing, frozen} {
		p.set(state)
		_, err := postgres.Open(dsn)
		require.ErrorContains(t, err, "postgres: ", "it returns at all")
	}
}

// Handlers may hold every connection of theirs, in transactions that wait for
// what the store is to keep: it has its own.
func TestPutWaitsForNoConnectionOfTheUsers(t *testing.T) {
	t.Parallel()
	st := open(t, testpostgres.DSN(t))
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "first"}))
	for range 8 {
		tx := st.DB().Begin()
		require.NoError(t, tx.Error)
		defer tx.Rollback()
	}
	deadline := time.Now().Add(3 * time.Second) // the events are counted anew meanwhile
	for i := 0; time.Now().Before(deadline); i++ {
		require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: fmt.Sprint("while held ", i)}))
	}
}
