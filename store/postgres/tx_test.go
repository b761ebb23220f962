package postgres_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
	"github.com/djmessenger/messenger/store/postgres"
)

// adapter is an open database without a store, whose tables are there.
type adapter struct {
	*database.Database
	pool *sql.DB
}

func newAdapter(t *testing.T, dialed func(net.Conn) net.Conn) adapter {
	t.Helper()
	dsn := testpostgres.DSN(t)
	st, err := postgres.Open(dsn)
	require.NoError(t, err)
	require.NoError(t, st.Close())
	if dialed == nil {
		dialed = func(conn net.Conn) net.Conn { return conn }
	}
	db, err := postgres.Database(dsn, dialed)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	pool, err := db.Pool.DB()
	require.NoError(t, err)
	return adapter{db, pool}
}

// connect returns a connection that writes.
func (a adapter) connect(t *testing.T) database.Conn {
	t.Helper()
	conn, err := a.Connect(context.Background())
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return conn
}

func (a adapter) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, a.pool.QueryRowContext(t.Context(), query, args...).Scan(&n), query)
	return n
}

// waiting waits until a connection of the writers waits for a lock.
func (a adapter) waiting(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		return a.count(t, `SELECT COUNT(*) FROM pg_locks w WHERE NOT w.granted AND EXISTS (SELECT 1 FROM pg_locks l
			WHERE l.pid = w.pid AND l.relation = 'messenger_conversations'::regclass)`) > 0
	}, time.Minute, 5*time.Millisecond)
}

func begin(t *testing.T, conn database.Conn, options database.BeginOptions) queue.Tx {
	t.Helper()
	tx, err := conn.Begin(context.Background(), options)
	require.NoError(t, err)
	return tx
}

func wants(people ...string) *queue.Wants {
	w := &queue.Wants{}
	for _, person := range people {
		w.Conversations = append(w.Conversations, queue.ConversationWant{Conversation: person1(person), Sends: true, Bodies: true})
	}
	return w
}

func person1(name string) store.Conversation {
	return store.Conversation{PageID: "page", PSID: name}
}

func eventKey(text string) queue.Key { return queue.Key{Kind: queue.KeyEvent, Text: text} }

// Read takes the locks of conversations in their order, sees what was committed before it had them, and inserts keys only then:
// who waits for a conversation has no key that another waits for.
func TestReadLocksConversationsBeforeKeys(t *testing.T) {
	t.Parallel()
	a := newAdapter(t, nil)
	first, second := begin(t, a.connect(t), database.BeginOptions{}), begin(t, a.connect(t), database.BeginOptions{})
	_, err := first.Read(wants("ben"))
	require.NoError(t, err)

	type answer struct {
		snapshot *queue.Snapshot
		err      error
	}
	answers := make(chan answer, 1)
	go func() {
		w := wants("ann", "ben", "cid")
		w.Keys = []queue.Key{eventKey("k")}
		s, err := second.Read(w)
		answers <- answer{s, err}
	}()
	a.waiting(t)
	free := func(person string) bool {
		return a.count(t, `WITH mine AS (SELECT 1 FROM messenger_conversations WHERE person_id = $1 FOR UPDATE SKIP LOCKED)
			SELECT COUNT(*) FROM mine`, person) == 1
	}
	_, err = a.pool.ExecContext(t.Context(), "INSERT INTO messenger_conversations (page_id, person_id) VALUES ('page', 'cid')")
	require.NoError(t, err, "the last lock is not taken before the second")
	require.True(t, free("cid"))
	_, err = a.pool.ExecContext(t.Context(), "INSERT INTO messenger_dedup (kind, key, at) VALUES (0, 'k', 1)")
	require.NoError(t, err, "the key is not taken before the locks")

	require.NoError(t, first.Apply(&queue.Changes{
		EventsAdded:   []queue.EventRow{{Conversation: person1("ben"), Key: "b", ReceivedAt: 1}},
		Conversations: []*queue.ConversationRow{{Conversation: person1("ben"), NextAt: 7}},
	}))
	require.NoError(t, first.Commit(t.Context()))
	got := <-answers
	require.NoError(t, got.err)
	require.True(t, got.snapshot.Conversations[person1("ben")].Others)
	require.EqualValues(t, 7, got.snapshot.Conversations[person1("ben")].NextAt)
	require.Empty(t, got.snapshot.Inserted, "another had the key first")
	require.False(t, free("cid"))
	require.NoError(t, second.Commit(t.Context()))
}

// Transactions of three connections that lock overlapping sets, insert overlapping keys and change all of it, go on.
func TestTransactionsDoNotDeadlock(t *testing.T) {
	t.Parallel()
	a := newAdapter(t, nil)
	const people, keys = 8, 12
	subset := func(n int) (some []int) {
		for i := range n {
			if rand.IntN(2) == 0 {
				some = append(some, i)
			}
		}
		return some
	}
	taken := make(chan queue.Key, 3*60*keys)
	var working sync.WaitGroup
	for range 3 {
		db, err := postgres.Database(a.dsn(t), func(conn net.Conn) net.Conn { return conn })
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		conn := adapter{Database: db}.connect(t)
		working.Go(func() {
			for range 60 {
				w := &queue.Wants{}
				for _, i := range subset(people) {
					w.Conversations = append(w.Conversations, queue.ConversationWant{Conversation: person1(fmt.Sprint(i))})
				}
				for _, i := range subset(keys) {
					w.Keys = append(w.Keys, eventKey(fmt.Sprintf("%02d", i)))
				}
				tx, err := conn.Begin(context.Background(), database.BeginOptions{})
				assert.NoError(t, err)
				s, err := tx.Read(w)
				if !assert.NoError(t, err) {
					return
				}
				var c queue.Changes
				for _, state := range s.Conversations {
					if rand.IntN(2) == 0 {
						c.ConversationsGone = append(c.ConversationsGone, state.Conversation)
					} else {
						c.Conversations = append(c.Conversations, &queue.ConversationRow{Conversation: state.Conversation, NextAt: 1})
					}
				}
				for _, key := range slices.SortedFunc(maps.Keys(s.Inserted), func(a, b queue.Key) int { return cmp.Compare(a.Text, b.Text) }) {
					if rand.IntN(2) == 0 {
						c.KeysFreed = append(c.KeysFreed, key)
						delete(s.Inserted, key)
					}
				}
				assert.NoError(t, tx.Apply(&c))
				if rand.IntN(3) == 0 {
					tx.Rollback()
					continue
				}
				if !assert.NoError(t, tx.Commit(context.Background())) {
					return
				}
				for key := range s.Inserted {
					taken <- key
				}
			}
		})
	}
	working.Wait()
	close(taken)
	once := map[queue.Key]int{}
	for key := range taken {
		once[key]++
	}
	for key, n := range once {
		require.Equal(t, 1, n, "%v was fresh to several transactions that kept it", key)
	}
	require.Len(t, once, a.count(t, "SELECT COUNT(*) FROM messenger_dedup"))
}

// dsn is that of the adapter's schema.
func (a adapter) dsn(t *testing.T) string {
	t.Helper()
	var name string
	require.NoError(t, a.pool.QueryRowContext(t.Context(), "SELECT current_schema()").Scan(&name))
	return testpostgres.With(t, testpostgres.Server(t), "search_path", name)
}

// Each row of a conversation comes back as it was written, also if it was deleted before in the same transaction, and sends have
// a body if they are due.
func TestConversationsAreWholeRows(t *testing.T) {
	t.Parallel()
	a := newAdapter(t, nil)
	conn := a.connect(t)
	row := queue.ConversationRow{
		Conversation: person1("ann"), NextAt: 1, HoldUntil: 2, LeaseUntil: 3, Owner: "o\x00", Holder: 4, Token: 5, Deliveries: 6, Alone: 7,
	}
	tx := begin(t, conn, database.BeginOptions{})
	now := tx.Now()
	require.NotZero(t, now)
	require.NotZero(t, tx.Holder())
	s, err := tx.Read(wants("ann"))
	require.NoError(t, err)
	require.Equal(t, &queue.State{Stored: true, ConversationRow: queue.ConversationRow{Conversation: row.Conversation}}, s.Conversations[row.Conversation])
	require.NoError(t, tx.Apply(&queue.Changes{ConversationsGone: []store.Conversation{row.Conversation}}))
	send := func(key string, at int64) *queue.SendRow {
		return &queue.SendRow{Conversation: row.Conversation, Key: key, Body: []byte(key), NotBefore: at, StartedAt: 8, Attempts: 9}
	}
	require.NoError(t, tx.Apply(&queue.Changes{
		Conversations: []*queue.ConversationRow{&row},
		SendsAdded:    []*queue.SendRow{send("due", now), send("later", now+time.Hour.Microseconds())},
	}))
	require.NoError(t, tx.Commit(t.Context()))
	tx = begin(t, conn, database.BeginOptions{})
	row = queue.ConversationRow{
		Conversation: person1("ann"), NextAt: 11, HoldUntil: 12, LeaseUntil: 13, Owner: "p\x00", Holder: 14, Token: 15, Deliveries: 16, Alone: 17,
	}
	require.NoError(t, tx.Apply(&queue.Changes{Conversations: []*queue.ConversationRow{&row}}))
	require.NoError(t, tx.Commit(t.Context()))

	for _, clock := range []func() time.Time{nil, func() time.Time { return time.UnixMicro(now) }} {
		tx = begin(t, conn, database.BeginOptions{Clock: clock, EchoOf: []string{"due", "none"}})
		require.Equal(t, map[string]store.Conversation{"due": row.Conversation}, tx.Owners())
		s, err = tx.Read(wants("ann"))
		require.NoError(t, err)
		state := s.Conversations[row.Conversation]
		want := row
		want.Owner = "p\uFFFD"
		require.Equal(t, want, state.ConversationRow)
		require.True(t, state.HasSends)
		require.Len(t, state.Sends, 2)
		require.Equal(t, "due", string(state.Sends[0].Body))
		bodiless := wants("ann")
		bodiless.Conversations[0].Bodies = false
		s, err = tx.Read(bodiless)
		require.NoError(t, err)
		require.Nil(t, s.Conversations[row.Conversation].Sends[0].Body)
		require.Equal(t, queue.SendRow{
			Conversation: row.Conversation, ID: state.Sends[1].ID, Key: "later", NotBefore: now + time.Hour.Microseconds(), StartedAt: 8, Attempts: 9,
		}, *state.Sends[1])
		tx.Rollback()
	}
}
