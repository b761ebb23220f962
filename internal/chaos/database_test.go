package chaos_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// isPostgres reports whether a database is one of PostgreSQL, by its URL, or
// else the path of an SQLite file.
func isPostgres(dsn string) bool { return strings.HasPrefix(dsn, "postgres://") }

// open opens a database.
func open(dsn string, opts ...gormstore.Option) (*gormstore.Store, error) {
	if isPostgres(dsn) {
		return postgres.Open(dsn, opts...)
	}
	return sqlite.Open(dsn, opts...)
}

// opened opens a database for a test. A busy server may not answer the first tries in time.
func opened(t *testing.T, dsn string) *gormstore.Store {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		st, err := open(dsn)
		if err == nil {
			return st
		}
		require.True(t, time.Now().Before(deadline), "%v", err)
	}
}

// startedSends are those whose outcome is unknown now that a process is dead or
// stopped: these may be sent twice. aloneEvents are those that it ran alone.
const (
	startedSends = `SELECT o.key FROM messenger_outbox o JOIN messenger_conversations m ON m.page_id = o.page_id AND m.person_id = o.person_id
		WHERE o.started_at <> 0`
	aloneEvents = `SELECT m.page_id || '/' || m.person_id FROM messenger_conversations m WHERE m.alone <> 0 AND m.lease_until <> 0`
)

// look returns the keys that a query finds, of the conversations m of a process
// that is dead or stopped.
func look(dsn string, pid int, query string) ([]string, error) {
	driver, source := "sqlite3", dsn
	if isPostgres(dsn) {
		driver = "pgx"
		query += fmt.Sprintf(" AND m.owner LIKE '%%/%d/%%'", pid)
	} else {
		// In a copy, so that the next process finds the files as the last has
		// left them.
		dir, err := os.MkdirTemp(filepath.Dir(dsn), "copy")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		source = filepath.Join(dir, "bot.db")
		for _, suffix := range []string{"", "-wal"} {
			if err := copyFile(source+suffix, dsn+suffix); err != nil {
				return nil, err
			}
		}
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	rows, err := db.Query(query)
	if err != nil {
		if strings.Contains(err.Error(), "no such ") {
			return nil, nil // killed before it made them
		}
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var keys []string
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if os.IsNotExist(err) {
		return nil
	} else if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if closed := out.Close(); err == nil {
		err = closed
	}
	return err
}

// postgresDatabase makes a PostgreSQL database that no other test uses. It
// skips the test if there is no server.
func postgresDatabase(t *testing.T) string {
	t.Helper()
	server := os.Getenv("MESSENGER_TEST_POSTGRES")
	if server == "" {
		t.Skip("MESSENGER_TEST_POSTGRES is not set: nothing was tried on PostgreSQL")
	}
	dsn, err := url.Parse(server)
	require.NoError(t, err)
	name := "chaos_" + strings.ToLower(rand.Text())
	admin, err := sql.Open("pgx", server)
	require.NoError(t, err)
	_, err = admin.ExecContext(t.Context(), "CREATE DATABASE "+name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
		require.NoError(t, err)
		require.NoError(t, admin.Close())
	})
	dsn.Path = name
	return dsn.String()
}
