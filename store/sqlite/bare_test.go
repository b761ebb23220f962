package sqlite //nolint:testpackage // it opens a database without a store

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store/internal/database"
)

// openBare opens a database with today's tables, and no store on it.
func openBare(t *testing.T) *database.Database {
	t.Helper()
	return openSteps(t, filepath.Join(t.TempDir(), "bot.db"), len(migrations))
}

// openSteps opens a database with the tables of a version.
func openSteps(t *testing.T, path string, version int) *database.Database {
	t.Helper()
	f, owner, err := prepare(path)
	require.NoError(t, err)
	db, err := connect(f, settings{journal: "WAL", synchronous: "FULL"})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, db.Close())
		require.NoError(t, owner.Close())
	})
	exec(t, db, reads.Schema)
	var found int
	require.NoError(t, db.Pool.Raw(reads.Version).Row().Scan(&found))
	for i, step := range migrations[found:max(version, found)] {
		exec(t, db, step...)
		require.NoError(t, db.Pool.Exec(reads.Migrated, found+i+1, 0).Error)
	}
	if version == len(migrations) {
		exec(t, db, opened...)
	}
	db.Start(slog.New(slog.DiscardHandler))
	return db
}

func exec(t testing.TB, db *database.Database, texts ...string) {
	t.Helper()
	for _, text := range texts {
		require.NoError(t, db.Pool.WithContext(context.WithoutCancel(t.Context())).Exec(text).Error, text)
	}
}

// openConn opens the connection that writes, to a new database.
func openConn(t *testing.T) *conn {
	t.Helper()
	opened, err := openBare(t).Connect(t.Context())
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	c, ok := opened.(*conn)
	require.True(t, ok)
	return c
}

// begin begins a transaction, which is rolled back at the end unless it has ended.
func begin(t *testing.T, c *conn) *tx {
	t.Helper()
	opened, err := c.Begin(t.Context(), database.BeginOptions{})
	require.NoError(t, err)
	t.Cleanup(opened.Rollback)
	begun, ok := opened.(*tx)
	require.True(t, ok)
	return begun
}
