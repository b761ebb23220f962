package sqlite

import (
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
// and if the file is not a database, cannot be written, cannot be made durable,
// or has a second name: a hard link.
func Open(path string, opts ...gormstore.Option) (*gormstore.Store, error) {
	return open(path, settings{journal: "WAL", synchronous: "FULL"}, opts)
}

// settings are those of the connections that durability depends on.
type settings struct{ journal, synchronous string }

func open(path string, set settings, opts []gormstore.Option) (*gormstore.Store, error) {
	f, owner, err := prepare(path)
	if err != nil {
		return nil, err
	}
	db, err := connect(f, set)
	if err != nil {
		return nil, errors.Join(err, owner.Close())
	}
	release := db.Close
	db.Close = func() error { return errors.Join(release(), owner.Close()) }
	st, err := gormstore.Open(db, opts...)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", f.path, err)
	}
	return st, nil
}

// prepare locks the file, which it creates if there is none, and finds the path
// that it has without links.
func prepare(path string) (*files, *ownership, error) {
	name, err := checkPath(path)
	if err != nil {
		return nil, nil, err
	}
	owner, err := own(name)
	if err != nil {
		return nil, nil, err
	}
	f, err := locate(name, owner)
	if err != nil {
		return nil, nil, errors.Join(err, owner.Close())
	}
	return f, owner, nil
}

// checkPath makes a path absolute, and refuses one that no file can have.
func checkPath(path string) (string, error) {
	switch {
	case path == "":
		return "", errors.New("sqlite: no path")
	case strings.HasPrefix(path, ":memory:"), strings.HasPrefix(path, "file:"):
		return "", fmt.Errorf("sqlite: %q is not the path of a file; for a store without one use package store/memory", path)
	case strings.ContainsRune(path, 0):
		return "", fmt.Errorf("sqlite: path %q has a zero byte in it", path)
	}
	name, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	dir := filepath.Dir(name)
	if info, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("sqlite: the directory of %s does not exist: %w", path, err)
	} else if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	} else if !info.IsDir() {
		return "", fmt.Errorf("sqlite: %s is not a directory", dir)
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return "", fmt.Errorf("sqlite: %s is not a regular file", path)
	}
	return name, nil
}

// locate finds the path of the locked file. SQLite names its side files after the
// file and not after a symbolic link to it. After a hard link it would name others,
// so that one file had two logs.
func locate(name string, owner *ownership) (*files, error) {
	resolved, err := filepath.EvalSymlinks(name)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	info, err := owner.file.Stat()
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if linked(owner.file, info) {
		return nil, fmt.Errorf("sqlite: %s has a second name, a hard link; opened by that name it would be damaged: remove the link, or copy the file", resolved)
	}
	f := &files{name: name, path: resolved, db: owner.file}
	return f, f.check()
}

// source is the data source name of a file. As a URI it leaves no character of
// the path with a meaning.
func source(path string, set settings) string {
	query := url.Values{
		"_busy_timeout": {strconv.Itoa(busyTimeout)},
		"_cache_size":   {strconv.Itoa(-cacheSize)},
		"_foreign_keys": {"1"},
		// What is deleted is overwritten: see wipe.go for what that leaves.
		"_secure_delete": {"on"},
		"_mutex":         {"no"}, // database/sql gives a connection to one goroutine at a time
		"_journal_mode":  {set.journal},
		"_synchronous":   {set.synchronous},
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

// connect opens the file three times: one connection that writes, a pool for reads
// and the user's statements, and the keeper's connection, which is opened first and
// closed last.
func connect(f *files, set settings) (*database.Database, error) {
	keep, err := newKeeper(f, set)
	if err != nil {
		return nil, err
	}
	writers, err := newPool(source(f.path, set), f, 1)
	if err != nil {
		return nil, errors.Join(err, keep.close())
	}
	pool, err := newPool(source(f.path, set), f, readers)
	if err != nil {
		return nil, errors.Join(err, writers.Close(), keep.close())
	}
	closeAll := func() error { return errors.Join(pool.Close(), writers.Close(), keep.close()) }
	gormDB, err := gorm.Open(sqlite.New(sqlite.Config{Conn: pool}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return nil, errors.Join(explain(f.path, err), closeAll())
	}
	return &database.Database{
		Pool: gormDB, Queries: reads, Migrations: migrations, Opened: opened,
		Connect: newWriter(f, writers).connect, Start: keep.start, Gate: &keep.gate, Verify: keep.verify, Erased: keep.erased,
		Refused: refused,
		Meaning: func(err error) string {
			if what := meaning(err); what != "" {
				return "sqlite: " + f.path + " " + what
			}
			return ""
		},
		Close: closeAll,
	}, nil
}
