package sqlite //nolint:testpackage // it looks at the index

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// sentPlay adds sent messages to two people in turn, and holds what is read against what was added.
type sentPlay struct {
	*testing.T
	db   *database.Database
	conn *conn
	keys map[string][]string // by person, oldest first
}

func newSentPlay(t *testing.T) *sentPlay {
	t.Helper()
	db := openBare(t)
	opened, err := db.Connect(t.Context())
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	c, ok := opened.(*conn)
	require.True(t, ok)
	return &sentPlay{T: t, db: db, conn: c, keys: map[string][]string{}}
}

func (p *sentPlay) messages(n int) (sent []store.Sent) {
	for range n {
		person := []string{"ann", "bob"}[(len(p.keys["ann"])+len(p.keys["bob"]))%2]
		key := fmt.Sprint(person, len(p.keys[person]))
		sent = append(sent, store.Sent{PageID: "page", PSID: person, Key: key, At: time.UnixMicro(int64(1 + len(p.keys[person])))})
		p.keys[person] = append(p.keys[person], key)
	}
	return sent
}

func (p *sentPlay) add(n int) {
	p.Helper()
	apply(p.T, p.conn, &queue.Changes{Sent: p.messages(n)})
}

// check reads the newest messages by the store's own query, and counts those of the index.
func (p *sentPlay) check(indexed int) {
	p.Helper()
	require.Equal(p, fmt.Sprint(indexed), fmt.Sprint(len(rowsOf(p.T, p.db, "messenger_sent_index"))))
	for person, keys := range p.keys {
		for _, limit := range []int{1, 10, 1 << 20} {
			got := p.read(person, limit)
			var want []string
			for i := len(keys) - 1; i >= max(len(keys)-limit, 0); i-- {
				want = append(want, keys[i])
			}
			require.Equal(p, want, got, person)
		}
	}
}

// read reads the keys of a person's newest messages.
func (p *sentPlay) read(person string, limit int) (keys []string) {
	p.Helper()
	pool, err := p.db.Pool.DB()
	require.NoError(p, err)
	rows, err := pool.QueryContext(p.Context(), reads.Sent, "page", person, limit)
	require.NoError(p, err)
	defer func() { require.NoError(p, rows.Close()) }()
	for rows.Next() {
		var key, rest string
		var body []byte
		require.NoError(p, rows.Scan(&key, &rest, &body, &rest, &rest, &rest, &rest, &rest, &rest))
		keys = append(keys, key)
	}
	require.NoError(p, rows.Err())
	return keys
}

// A person's sent messages are all found, whether the index has them or lags behind.
func TestSentMessagesAreFoundWhereTheIndexLagsBehind(t *testing.T) {
	t.Parallel()
	p := newSentPlay(t)
	p.add(indexEvery - 1)
	p.check(0)
	tx := begin(t, p.conn)
	require.NoError(t, tx.Apply(&queue.Changes{Sent: []store.Sent{{PageID: "page", PSID: "eve"}}}))
	tx.Rollback()
	p.check(0)
	p.add(2)
	p.check(indexEvery + 1)
	p.add(20)
	p.check(indexEvery + 1)
	p.add(indexEvery)
	p.check(2*indexEvery + 21)
}

// A message that is dated back is in its place among those of the index.
func TestSentMessagesAreReadInTheOrderOfTheirTimes(t *testing.T) {
	t.Parallel()
	p := newSentPlay(t)
	p.add(indexEvery)
	apply(t, p.conn, &queue.Changes{Sent: []store.Sent{{PageID: "page", PSID: "ann", Key: "first", At: time.UnixMicro(-5)}}})
	p.keys["ann"] = append([]string{"first"}, p.keys["ann"]...)
	p.check(indexEvery)
}

// Forgetting and purging delete the messages of the index and those that it lacks. The numbers of deleted rows come again, and
// what then has them is found.
func TestDeletedSentMessagesLeaveTheIndex(t *testing.T) {
	t.Parallel()
	for name, erase := range map[string]func(*sentPlay, *tx){
		"forget": func(p *sentPlay, tx *tx) {
			_, err := tx.Forget([]store.Conversation{{PageID: "page", PSID: "ann"}, {PageID: "page", PSID: "bob"}})
			require.NoError(p, err)
		},
		"purge": func(p *sentPlay, tx *tx) {
			var after int64
			for older := true; older; {
				var err error
				after, older, err = tx.PurgeOldest(queue.AgingSent, after, 1<<50, 1000)
				require.NoError(p, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newSentPlay(t)
			p.add(indexEvery)
			p.add(100)
			tx := begin(t, p.conn)
			erase(p, tx)
			require.NoError(t, tx.Commit(t.Context()))
			require.Empty(t, rowsOf(t, p.db, "messenger_sent"))
			p.keys = map[string][]string{}
			p.check(0)
			p.add(100)
			p.check(0)
			p.add(indexEvery - 100)
			p.check(indexEvery)
		})
	}
}

// A purge keeps younger messages, and their entries in the index.
func TestPurgeKeepsYoungSentMessages(t *testing.T) {
	t.Parallel()
	p := newSentPlay(t)
	p.add(indexEvery)
	p.add(10)
	tx := begin(t, p.conn)
	last, older, err := tx.PurgeOldest(queue.AgingSent, 0, 11, 500)
	require.NoError(t, err)
	require.True(t, older)
	require.EqualValues(t, 500, last)
	last, older, err = tx.PurgeOldest(queue.AgingSent, last, 11, 500)
	require.NoError(t, err)
	require.False(t, older)
	require.EqualValues(t, 1000, last)
	require.NoError(t, tx.Commit(t.Context()))
	p.keys["ann"], p.keys["bob"] = p.keys["ann"][10:], p.keys["bob"][10:]
	p.check(indexEvery - 20)
}

// The index has a part for each 32,768 ids. Messages in all of them are found, in the order of their times, and a part without
// messages goes.
func TestSentMessagesAreFoundInAllPartsOfTheIndex(t *testing.T) {
	t.Parallel()
	p := newSentPlay(t)
	p.add(10)
	require.NoError(t, p.conn.exec("UPDATE messenger_sent SET id = id + 32768 - 15"))
	p.add(indexEvery)
	p.add(10)
	require.NoError(t, p.conn.exec("UPDATE messenger_sent SET id = id + 5 * 32768 WHERE id > (SELECT until FROM messenger_sent_indexed)"))
	p.add(indexEvery)
	require.Equal(t, []string{"0", "1", "6"}, rowsOf(t, p.db, "messenger_sent_parts"))
	p.check(len(p.keys["ann"]) + len(p.keys["bob"]))

	tx := begin(t, p.conn)
	last, older, err := tx.PurgeOldest(queue.AgingSent, 0, 21, 100)
	require.NoError(t, err)
	require.True(t, older)
	require.EqualValues(t, 32768+85, last)
	require.NoError(t, tx.Commit(t.Context()))
	require.Equal(t, []string{"1", "6"}, rowsOf(t, p.db, "messenger_sent_parts"))
	p.keys["ann"], p.keys["bob"] = p.keys["ann"][20:], p.keys["bob"][20:]
	p.check(len(p.keys["ann"]) + len(p.keys["bob"]))

	tx = begin(t, p.conn)
	_, err = tx.Forget([]store.Conversation{{PageID: "page", PSID: "ann"}})
	require.NoError(t, err)
	require.NoError(t, tx.Commit(t.Context()))
	delete(p.keys, "ann")
	p.check(len(p.keys["bob"]))
	require.Empty(t, p.read("ann", 10))
}
