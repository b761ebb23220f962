package postgres_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
)

var (
	ann   = store.Conversation{PageID: "page", PSID: "ann"}
	claim = store.Claim{Owner: "w", Conversations: 100, Events: 100, Background: 100, Suspects: store.Suspects{100, 100, 100}, TTL: time.Hour}
)

// open opens a store that the test closes.
func open(t *testing.T, dsn string, opts ...gormstore.Option) *gormstore.Store {
	t.Helper()
	st, err := postgres.Open(dsn, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	return st
}

// replicas opens stores on one database.
func replicas(t *testing.T, n int, opts ...gormstore.Option) []*gormstore.Store {
	t.Helper()
	dsn := testpostgres.DSN(t)
	var all []*gormstore.Store
	for range n {
		all = append(all, open(t, dsn, opts...))
	}
	return all
}

func one(t *testing.T, st store.Store, claim store.Claim) store.Lease {
	t.Helper()
	leases, err := st.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, 1)
	return leases[0]
}

func end(ev store.QueuedEvent) *store.EventResult {
	return &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}
}

// The same keys at once to several replicas, in batches of any order, take
// effect once.
func TestAKeyToSeveralReplicasTakesEffectOnce(t *testing.T) {
	t.Parallel()
	all := replicas(t, 3)
	const keys = 200
	var wg sync.WaitGroup
	for i := range 12 {
		st := all[i%len(all)]
		wg.Go(func() {
			order := rand.Perm(keys)
			for len(order) > 0 {
				n := min(len(order), 1+rand.IntN(20))
				var events []store.Event
				for _, k := range order[:n] {
					events = append(events, store.Event{
						Conversation: store.Conversation{PageID: "page", PSID: fmt.Sprint(k % 7)}, Key: fmt.Sprint(k),
					})
				}
				order = order[n:]
				assert.NoError(t, st.Put(context.Background(), events...))
			}
		})
	}
	wg.Wait()
	stats, err := all[0].Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, keys, stats.Events)
}

// A stale lease and the fresh one of its conversation, committed at the same
// moment to the replica that has both, or to different ones: only the fresh one
// has effect.
func TestAStaleLeaseIsFencedBesideTheFreshOne(t *testing.T) {
	t.Parallel()
	all := replicas(t, 2)
	for i := range 20 {
		require.NoError(t, all[0].Put(t.Context(), store.Event{Conversation: ann, Key: fmt.Sprint(i)}))
		short := claim
		short.TTL = 0
		stale := one(t, all[0], short)
		fresh := one(t, all[1], claim)
		require.Greater(t, fresh.Token, stale.Token)
		commit := func(st store.Store, lease store.Lease) error {
			_, err := st.Commit(context.Background(), store.Outcome{
				Lease: lease.LeaseID, Event: end(lease.Events[0]), Writes: []store.Write{store.AddThumbUp(ann)},
				Release: true,
			})
			return err
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { assert.ErrorIs(t, commit(all[i%2], stale), store.ErrFenced) })
		}
		wg.Go(func() { assert.NoError(t, commit(all[1], fresh)) })
		wg.Wait()
	}
	p, err := all[0].Person(t.Context(), ann.PageID, ann.PSID)
	require.NoError(t, err)
	require.Equal(t, 20, p.ThumbUps)
}

// Replicas put into 50 hot conversations while others release them. Afterwards
// nothing waits in a conversation that is idle.
func TestNoWakeUpIsLostBetweenReplicas(t *testing.T) {
	t.Parallel()
	all := replicas(t, 3)
	const people, each, writers = 50, 60, 9
	var putting, handling sync.WaitGroup
	over := make(chan struct{})
	var mu sync.Mutex
	handled := map[string]int{}
	for w := range writers {
		putting.Go(func() {
			for i := range each {
				conv := store.Conversation{PageID: "page", PSID: fmt.Sprint(rand.IntN(people))}
				assert.NoError(t, all[w%3].Put(context.Background(), store.Event{Conversation: conv, Key: fmt.Sprint(w, "/", i)}))
			}
		})
	}
	for w := range 6 {
		handling.Go(func() {
			for last := false; ; {
				select {
				case <-over:
					last = true // what is there now must be found
				default:
				}
				leases, err := all[w%3].Claim(context.Background(), store.Claim{Owner: "w", Conversations: 8, Events: 4, Background: 8, Suspects: store.Suspects{8, 8, 8}, TTL: time.Minute})
				if !assert.NoError(t, err) {
					return
				}
				for _, lease := range leases {
					for i, ev := range lease.Events {
						mu.Lock()
						handled[ev.Key]++
						mu.Unlock()
						_, err := all[w%3].Commit(context.Background(), store.Outcome{
							Lease: lease.LeaseID, Event: end(ev), Release: i == len(lease.Events)-1,
						})
						assert.NoError(t, err)
					}
				}
				if last && len(leases) == 0 {
					return
				}
			}
		})
	}
	putting.Wait()
	close(over)
	handling.Wait()
	stats, err := all[0].Stats(t.Context())
	require.NoError(t, err)
	require.Zero(t, stats.Events)
	require.Len(t, handled, writers*each)
	for key, n := range handled {
		require.Equal(t, 1, n, key)
	}
	var idle int
	require.NoError(t, all[0].DB().Raw(`SELECT COUNT(*) FROM messenger_conversations m JOIN messenger_inbox USING (page_id, person_id)
		WHERE m.next_at = 0`).Scan(&idle).Error)
	require.Zero(t, idle)
}

// A release waits for somebody who puts, and sees what was put.
func TestAReleaseSeesWhatItWaitedFor(t *testing.T) {
	t.Parallel()
	for _, isolation := range []string{"read committed", "repeatable read", "serializable"} {
		t.Run("where the default is "+isolation, func(t *testing.T) {
			t.Parallel()
			dsn := testpostgres.With(t, testpostgres.DSN(t), "default_transaction_isolation", isolation)
			releaseSeesWhatItWaitedFor(t, open(t, dsn))
		})
	}
}

func releaseSeesWhatItWaitedFor(t *testing.T, st *gormstore.Store) {
	t.Helper()
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "first"}))
	lease := one(t, st, claim)

	// What another process does in a put, step by step.
	put := st.DB().Begin()
	require.NoError(t, put.Exec("SELECT 1 FROM messenger_conversations FOR UPDATE").Error)
	released := make(chan error, 1)
	go func() {
		_, err := st.Commit(context.Background(), store.Outcome{Lease: lease.LeaseID, Event: end(lease.Events[0]), Release: true})
		released <- err
	}()
	require.Eventually(t, func() bool {
		var n int
		require.NoError(t, st.DB().Raw(`SELECT COUNT(*) FROM pg_locks l
			WHERE NOT l.granted AND EXISTS (SELECT 1 FROM pg_locks m WHERE m.pid = l.pid AND m.relation = 'messenger_conversations'::regclass)`).
			Scan(&n).Error)
		return n > 0
	}, time.Minute, 5*time.Millisecond)
	require.NoError(t, put.Exec(`INSERT INTO messenger_inbox
		(page_id, person_id, key, order_at, event_at, echo_of, attempts, only_routes, received_at)
		VALUES ('page', 'ann', 'second', 0, 0, '', 0, '', 0)`).Error)
	require.NoError(t, put.Commit().Error)
	require.NoError(t, <-released)
	require.Equal(t, "second", one(t, st, claim).Events[0].Key)
}

// TestAnEchoOfASendStartedMeanwhileKeepsTheOrderOfLocks: an echo is put while another
// replica starts the send that it settles. The conversation of the send was not asked for
// when the locks were taken, and comes before the one that is held.
func TestAnEchoOfASendStartedMeanwhileKeepsTheOrderOfLocks(t *testing.T) {
	t.Parallel()
	st := open(t, testpostgres.DSN(t), gormstore.WithCommitTimeout(time.Minute))
	zoe := store.Conversation{PageID: ann.PageID, PSID: "zoe"}
	for _, conv := range []store.Conversation{ann, zoe} { // makes the conversations
		require.NoError(t, st.Put(t.Context(), store.Event{Conversation: conv, Key: "first of " + conv.PSID}))
	}
	const lock = "SELECT 1 FROM messenger_conversations WHERE person_id = ? FOR UPDATE"
	waitsFor := func(pid int) func() bool {
		return func() bool {
			var n int
			require.NoError(t, st.DB().Raw("SELECT COUNT(*) FROM pg_stat_activity WHERE ? = ANY(pg_blocking_pids(pid))", pid).Scan(&n).Error)
			return n > 0
		}
	}
	begin := func() (tx *gorm.DB, pid int) {
		tx = st.DB().Begin()
		require.NoError(t, tx.Raw("SELECT pg_backend_pid()").Scan(&pid).Error)
		return tx, pid
	}

	starting, pid := begin()
	require.NoError(t, starting.Exec(lock, "zoe").Error)
	put := make(chan error, 1)
	go func() {
		put <- st.Put(context.Background(), store.Event{Conversation: zoe, Key: "echo", EchoOf: "send"})
	}()
	require.Eventually(t, waitsFor(pid), time.Minute, 5*time.Millisecond)
	require.NoError(t, starting.Exec(`INSERT INTO messenger_outbox
		(page_id, person_id, key, group_key, body, delay, not_before, started_at, attempts)
		VALUES (?, 'ann', 'send', '', '', 0, 1, 1, 0)`, ann.PageID).Error)
	other, pid := begin()
	require.NoError(t, other.Exec("SET LOCAL deadlock_timeout = '10ms'").Error)
	require.NoError(t, other.Exec(lock, "ann").Error)
	require.NoError(t, starting.Commit().Error)
	require.Eventually(t, waitsFor(pid), time.Minute, 5*time.Millisecond)
	require.NoError(t, other.Exec(lock, "zoe").Error, "ann's conversation comes first, and zoe's is not held meanwhile")
	require.NoError(t, other.Commit().Error)
	require.NoError(t, <-put)
	stats, err := st.Stats(t.Context())
	require.NoError(t, err)
	require.Zero(t, stats.Sends, "the echo has settled the send")
}

// A replica learns of what another puts without polling.
func TestAReplicaIsToldWhatAnotherPuts(t *testing.T) {
	t.Parallel()
	all := replicas(t, 2)
	told := make(chan struct{}, 1000)
	defer all[1].Wake(func() { told <- struct{}{} })()
	for i := range 3 {
		// The hint is one until the listener is there.
		require.Eventually(t, func() bool {
			require.NoError(t, all[0].Put(context.Background(), store.Event{Conversation: ann, Key: fmt.Sprint(i, time.Now())}))
			select {
			case <-told:
				return true
			case <-time.After(300 * time.Millisecond):
				return false
			}
		}, time.Minute, time.Millisecond)
	}
}
