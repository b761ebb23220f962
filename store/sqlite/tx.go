package sqlite

import (
	"context"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// tx implements queue.Tx. It locks nothing: a transaction that writes has the file for itself from its beginning.
type tx struct {
	*conn
	now    int64
	owners map[string]store.Conversation
	ctx    context.Context //nolint:containedctx // it bounds the transaction
	// calls runs users' functions; nil if there are none.
	calls *database.Calls
	// wakes reports that the transaction has made rows of all timers that are due now.
	wakes bool
}

// Now implements queue.Tx.
func (t *tx) Now() int64 { return t.now }

// Holder implements queue.Tx. Leases of a process that has ended are void when the next one opens the file.
func (t *tx) Holder() int64 { return 0 }

// Owners implements queue.Tx.
func (t *tx) Owners() map[string]store.Conversation { return t.owners }

// Savepoint implements queue.Tx.
func (t *tx) Savepoint() error {
	return t.exec(savepoint)
}

// Undo implements queue.Tx.
func (t *tx) Undo() error {
	t.people.clear()
	return t.exec(undoToSavepoint)
}

// Touch implements queue.Tx.
func (t *tx) Touch() error {
	return t.exec(touchDatabase)
}

// Commit implements queue.Tx.
func (t *tx) Commit(context.Context) error {
	err := t.exec(commitTransaction)
	switch {
	case err == nil:
		t.latest = t.now
		if t.wakes {
			t.woken = t.now
		}
	case t.calls != nil && refused(err): // all of the store's own statements have run
		err = t.calls.Refused(err)
	}
	return err
}

// Rollback implements queue.Tx. After some errors, such as a full disk, SQLite has rolled back already.
func (t *tx) Rollback() {
	t.people.clear()
	if inTransaction(t.raw) {
		err := t.exec(rollbackTransaction)
		t.lost = err != nil
	}
}
