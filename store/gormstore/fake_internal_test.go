package gormstore

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

var (
	errPoison = errors.New("a statement failed")
	errLost   = errors.New("the connection is lost")
)

// poison is the page whose events make a statement fail, and the send whose echo makes the first one fail.
const poison = "poison"

// fakeDatabase is a database of one connection, on which a test decides what fails.
type fakeDatabase struct {
	mu sync.Mutex
	// begin, if not nil, is called when a transaction begins, with the number of those before; commit when it ends.
	begin, commit func(n int) error
	// groups are the conversations that each transaction has read.
	groups [][]store.Conversation
	// connections counts those that were made, discarded those that were given up.
	connections, discarded, rollbacks int
}

// writer makes a writer on a fake database, and ends it after the test.
func (f *fakeDatabase) writer(t *testing.T, db database.Database) *writer {
	t.Helper()
	db.Connect = func(context.Context) (database.Conn, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.connections++
		return &fakeConn{f: f}, nil
	}
	w := newWriter(&db, nil, newConfig(nil), func() {})
	w.backlog.open = func(context.Context) (snapshot, error) { return nil, errCount }
	require.NoError(t, w.connect())
	w.start()
	t.Cleanup(w.close)
	return w
}

type fakeConn struct{ f *fakeDatabase }

func (c *fakeConn) Begin(_ context.Context, options database.BeginOptions) (queue.Tx, error) {
	c.f.mu.Lock()
	n := len(c.f.groups)
	c.f.groups = append(c.f.groups, nil)
	c.f.mu.Unlock()
	if c.f.begin != nil {
		if err := c.f.begin(n); err != nil {
			return nil, err
		}
	}
	if slices.Contains(options.EchoOf, poison) {
		return nil, errPoison
	}
	return &fakeTx{f: c.f, n: n}, nil
}

func (c *fakeConn) Usable(_ context.Context, err error) bool { return !errors.Is(err, errLost) }
func (c *fakeConn) Close()                                   {}

func (c *fakeConn) Discard() {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	c.f.discarded++
}

// fakeTx finds nothing and keeps nothing; each dedup key is fresh.
type fakeTx struct {
	queue.Tx

	f *fakeDatabase
	n int
}

func (tx *fakeTx) Now() int64                            { return 1 }
func (tx *fakeTx) Owners() map[string]store.Conversation { return nil }
func (tx *fakeTx) Apply(*queue.Changes) error            { return nil }

func (tx *fakeTx) Read(wants *queue.Wants) (*queue.Snapshot, error) {
	tx.f.mu.Lock()
	defer tx.f.mu.Unlock()
	snap := &queue.Snapshot{Conversations: map[store.Conversation]*queue.State{}, Inserted: map[queue.Key]bool{}}
	poisoned := false
	for _, want := range wants.Conversations {
		tx.f.groups[tx.n] = append(tx.f.groups[tx.n], want.Conversation)
		poisoned = poisoned || want.PageID == poison
		snap.Conversations[want.Conversation] = &queue.State{ConversationRow: queue.ConversationRow{Conversation: want.Conversation}}
	}
	for _, key := range wants.Keys {
		snap.Inserted[key] = true
	}
	if poisoned {
		return nil, errPoison
	}
	return snap, nil
}

func (tx *fakeTx) Commit(context.Context) error {
	if tx.f.commit == nil {
		return nil
	}
	return tx.f.commit(tx.n)
}

func (tx *fakeTx) Rollback() {
	tx.f.mu.Lock()
	defer tx.f.mu.Unlock()
	tx.f.rollbacks++
}
