package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/database"
)

const (
	// busyTimeout is how long a connection waits for another that writes, in
	// milliseconds.
	busyTimeout = 5000
	// cacheSize is how much of the file a connection keeps in memory at most, in
	// KiB. The system keeps the rest: more costs memory, and was no faster.
	cacheSize = 8 << 10
	// checkpoint is how many pages the log gathers before they are written to
	// the file: what is changed over and over is then written once.
	checkpoint = 8000
	// readers is the most connections for reads and for the user's statements.
	readers = 8
)

// Open opens the store in an SQLite file, and makes the file, readable by its
// owner alone, if there is none. Its directory must exist and be writable. The
// path is that of a file, with any characters; ":memory:" and "file:" URIs are
// refused.
//
// It fails with an [OwnedError] if another store has the file open, with a
// [gormstore.SchemaError] if a newer version of this library has written it,
// and if the file is not a database, cannot be written, or cannot be made
// durable.
func Open(path string, opts ...gormstore.Option) (*gormstore.Store, error) {
	return open(path, settings{journal: "WAL", synchronous: "FULL"}, opts)
}

// settings are those of the connections that durability depends on.
type settings struct{ journal, synchronous string }

func open(path string, set settings, opts []gormstore.Option) (*gormstore.Store, error) {
	path, err := prepare(path)
	if err != nil {
		return nil, err
	}
	owner, err := own(path)
	if err != nil {
		return nil, err
	}
	db, err := connect(path, set)
	if err != nil {
		return nil, errors.Join(err, owner.Close())
	}
	release := db.Close
	db.Close = func() error { return errors.Join(release(), owner.Close()) }
	st, err := gormstore.Open(db, opts...)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", path, err)
	}
	return st, nil
}

// prepare makes the file if it is missing, checks that it can be written, and
// returns its one true path.
func prepare(path string) (string, error) {
	switch {
	case path == "":
		return "", errors.New("sqlite: no path")
	case strings.HasPrefix(path, ":memory:"), strings.HasPrefix(path, "file:"):
		return "", fmt.Errorf("sqlite: %q is not the path of a file; for a store without one use store.NewMemory", path)
	case strings.ContainsRune(path, 0):
		return "", fmt.Errorf("sqlite: path %q has a zero byte in it", path)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	if info, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("sqlite: the directory of %s does not exist: %w", path, err)
	} else if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	} else if !info.IsDir() {
		return "", fmt.Errorf("sqlite: %s is not a directory", dir)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return "", fmt.Errorf("sqlite: %s is not a regular file", path)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	if err := f.Close(); err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	// Two names of one file must meet at one lock, and SQLite's own side files
	// are named after the file, not after a link to it.
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	if resolved, err = filepath.Abs(resolved); err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	return resolved, nil
}

// source is the data source name of a file. As a URI it leaves no character of
// the path with a meaning.
func source(path string, set settings) string {
	query := url.Values{
		"_busy_timeout": {strconv.Itoa(busyTimeout)},
		"_cache_size":   {strconv.Itoa(-cacheSize)},
		"_foreign_keys": {"1"},
		"_mutex":        {"no"}, // database/sql gives a connection to one goroutine at a time
		"_journal_mode": {set.journal},
		"_synchronous":  {set.synchronous},
		// A transaction that reads first and writes later would fail at once
		// if another wrote in between, whatever the busy timeout.
		"_txlock": {"immediate"},
	}
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	return (&url.URL{Scheme: "file", Path: slashed, RawQuery: query.Encode()}).String()
}

// connect opens the file twice: one connection that writes, and a pool.
func connect(path string, set settings) (*database.Database, error) {
	writer, err := sql.Open(sqlite.DriverName, source(path, set))
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", path, err)
	}
	writer.SetMaxOpenConns(1)
	pool, err := sql.Open(sqlite.DriverName, source(path, set))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: %s: %w", path, err), writer.Close())
	}
	pool.SetMaxOpenConns(readers)
	pool.SetMaxIdleConns(readers)
	closeBoth := func() error { return errors.Join(pool.Close(), writer.Close()) }

	writes := func(ctx context.Context) (*sql.Conn, error) {
		conn, err := writer.Conn(ctx)
		if err != nil {
			return nil, explain(path, err)
		}
		if err := readBack(ctx, conn); err != nil {
			return nil, errors.Join(explain(path, err), conn.Close())
		}
		if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", checkpoint)); err != nil {
			return nil, errors.Join(explain(path, err), conn.Close())
		}
		return conn, nil
	}
	conn, err := writes(context.Background())
	if err != nil {
		return nil, errors.Join(err, closeBoth())
	}
	if err := conn.Close(); err != nil {
		return nil, errors.Join(explain(path, err), closeBoth())
	}
	gormDB, err := gorm.Open(sqlite.New(sqlite.Config{Conn: pool}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return nil, errors.Join(explain(path, err), closeBoth())
	}
	return &database.Database{
		Dialect: dialect{}, Pool: gormDB, Connect: writes, Close: closeBoth,
		Meaning: func(err error) string {
			if what := meaning(err); what != "" {
				return "sqlite: " + path + " " + what
			}
			return ""
		},
	}, nil
}
