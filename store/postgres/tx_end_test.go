package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store/internal/database"
	"github.com/djmessenger/messenger/store/postgres"
)

// A commit that the server refuses has taken no effect, which is known, and the connection goes on.
func TestACommitThatTheServerRefuses(t *testing.T) {
	t.Parallel()
	a := newAdapter(t, nil)
	for _, statement := range []string{
		`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''refused''; END'`,
		`CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON messenger_inbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
			WHEN (NEW.key = 'bad') EXECUTE FUNCTION refuse()`,
	} {
		_, err := a.pool.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	conn := a.connect(t)
	for _, key := range []string{"bad", "good"} {
		tx := begin(t, conn, database.BeginOptions{})
		_, err := tx.Read(wants("ann"))
		require.NoError(t, err)
		require.NoError(t, tx.Apply(&queue.Changes{EventsAdded: []queue.EventRow{{Conversation: person1("ann"), Key: key}}}))
		err = tx.Commit(t.Context())
		if key == "good" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, "refused")
		tx.Rollback()
		require.True(t, a.Refused(err))
		require.False(t, a.Again(err))
		require.True(t, conn.Usable(t.Context(), err))
	}
	require.Equal(t, 1, a.count(t, "SELECT COUNT(*) FROM messenger_inbox"))
}

// A COMMIT that the server answers with ROLLBACK, since a statement has failed before, is no commit.
func TestACommitThatRollsBack(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), testpostgres.DSN(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	require.ErrorContains(t, postgres.Run(t.Context(), conn, "BEGIN", "SELECT 1/0", "SELECT 1"), "division by zero")
	require.ErrorIs(t, postgres.Run(t.Context(), conn, "COMMIT"), pgx.ErrTxCommitRollback)
	require.NoError(t, postgres.Run(t.Context(), conn, "BEGIN", "SELECT 1", "COMMIT"))
}

// A connection that ends before a transaction has done anything is no reason to fail it; later it may be. At the commit the
// outcome is unknown.
func TestAConnectionThatEnds(t *testing.T) {
	t.Parallel()
	a := newAdapter(t, nil)
	end := func() {
		t.Helper()
		a.count(t, `SELECT COUNT(pg_terminate_backend(pid, 60000)) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'
			AND objsubid = 2 AND classid::bigint = (hashtext('messenger ' || current_schema())::bigint & 4294967295) AND objid <> 0`)
	}
	for name, c := range map[string]struct {
		before, after func(tx queue.Tx) error
		again         bool
	}{
		"before it began": {
			func(queue.Tx) error { return nil },
			func(tx queue.Tx) error { _, err := tx.Read(wants("ann")); return err }, true,
		},
		"before it began, and there is nothing to do": {
			func(queue.Tx) error { return nil },
			func(tx queue.Tx) error { return tx.Commit(context.Background()) }, true,
		},
		"before its time was asked for": {
			func(queue.Tx) error { return nil },
			func(tx queue.Tx) error { tx.Now(); return tx.Apply(&queue.Changes{}) }, true,
		},
		"before the commit": {
			func(tx queue.Tx) error { _, err := tx.Read(wants("ann")); return err },
			func(tx queue.Tx) error { return tx.Commit(context.Background()) }, false,
		},
	} {
		conn := a.connect(t)
		tx := begin(t, conn, database.BeginOptions{})
		require.NoError(t, c.before(tx), name)
		end()
		err := c.after(tx)
		require.Error(t, err, name)
		require.Equal(t, c.again, a.Again(err), name)
		require.False(t, a.Refused(err), name)
		require.ErrorContains(t, tx.Apply(&queue.Changes{}), err.Error(), "%s: the transaction stays failed", name)
		tx.Rollback()
		require.False(t, conn.Usable(t.Context(), err), name)
		conn.Discard()
	}
}

// When the context of a transaction ends the server gives its locks back, and the connection is of no more use.
func TestATransactionEndsWithItsContext(t *testing.T) {
	t.Parallel()
	a := newAdapter(t, nil)
	unfinished, conn := a.connect(t), a.connect(t)
	first := begin(t, unfinished, database.BeginOptions{})
	_, err := first.Read(wants("ben"))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	second, err := conn.Begin(ctx, database.BeginOptions{})
	require.NoError(t, err)
	failed := make(chan error, 1)
	go func() {
		_, err := second.Read(wants("ann", "ben"))
		failed <- err
	}()
	a.waiting(t)
	cancel()
	err = <-failed
	require.Error(t, err)
	require.False(t, a.Again(err))
	second.Rollback()
	require.False(t, conn.Usable(ctx, err))
	conn.Discard()
	_, err = first.Read(wants("ann"))
	require.NoError(t, err, "its lock is free")
	require.False(t, unfinished.Usable(t.Context(), nil), "its transaction is open")
	require.NoError(t, first.Commit(t.Context()))
	require.True(t, unfinished.Usable(t.Context(), nil))
}

// A transaction that a migration keeps out says so, so that its group is not divided.
func TestAMigrationKeepsTransactionsOut(t *testing.T) {
	t.Parallel()
	a := newAdapter(t, nil)
	migration, err := a.pool.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = migration.ExecContext(t.Context(), "SELECT pg_advisory_xact_lock(hashtext('messenger ' || current_schema()), 0)")
	require.NoError(t, err)
	conn := a.connect(t)
	tx := begin(t, conn, database.BeginOptions{})
	_, err = tx.Read(wants("ann"))
	require.True(t, a.Blocked(err), err)
	require.True(t, a.LockTimeout(err), err)
	tx.Rollback()
	require.NoError(t, migration.Rollback())

	other := begin(t, a.connect(t), database.BeginOptions{})
	_, err = other.Read(wants("ann"))
	require.NoError(t, err)
	tx = begin(t, conn, database.BeginOptions{})
	_, err = tx.Read(wants("ann"))
	require.True(t, a.LockTimeout(err), err)
	require.False(t, a.Blocked(err), err)
	tx.Rollback()
	other.Rollback()
}
