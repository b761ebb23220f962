package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
)

// FileError is returned by every operation that writes, and by Ping, once the
// files of an open store are no longer those that the next start would open:
// one of them was deleted, moved, or replaced by another file. The operation may
// have taken effect in the files that were there before. It goes on failing
// until the files are back, or the store is opened anew.
type FileError struct {
	// Path is the file that is missing or is another one.
	Path string
	// Problem says which: "was deleted or moved", or "was replaced by another file".
	Problem string
}

func (e *FileError) Error() string {
	return fmt.Sprintf("sqlite: %s %s while the store has it open; nothing is stored until it is back or the process starts again", e.Path, e.Problem)
}

// files are those of an open database.
type files struct {
	// name is the path that Open was given, path the one that it resolves to.
	// Both are absolute.
	name, path string
	db         *os.File
	// side are the write-ahead log and its index: SQLite makes them when the first
	// connection opens, and removes them when the last one closes.
	side [2]sideFile

	// commits counts the transactions of the store.
	commits atomic.Int64
	// linked is set if the database has a second name.
	linked atomic.Bool
}

type sideFile struct {
	path string
	info os.FileInfo
}

func (f *files) wal() string { return f.path + "-wal" }

// remember notes the side files, when a connection is open. From then on they
// belong to what check compares.
func (f *files) remember() error {
	for i, path := range []string{f.wal(), f.path + "-shm"} {
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("sqlite: %w", err)
		}
		f.side[i] = sideFile{path, info}
	}
	return nil
}

// check returns a [FileError] if a name no longer leads to the file that is
// open. It costs a handful of system calls and no access to the disk.
func (f *files) check() error {
	have, err := f.db.Stat()
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	if linked(f.db, have) {
		f.linked.Store(true)
	}
	if err := same(f.path, have); err != nil {
		return err
	}
	if f.name != f.path {
		if err := same(f.name, have); err != nil {
			return err
		}
	}
	for _, side := range f.side {
		if side.info != nil {
			if err := same(side.path, side.info); err != nil {
				return err
			}
		}
	}
	return nil
}

// same compares the file of a name with the one that is open.
func same(name string, open os.FileInfo) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &FileError{name, "was deleted or moved"}
	case err != nil:
		return fmt.Errorf("sqlite: %w", err)
	case !os.SameFile(info, open):
		return &FileError{name, "was replaced by another file"}
	}
	return nil
}

// onlySideMissing reports that the database is in its place, and no other file
// stands where its side files were.
func (f *files) onlySideMissing() bool {
	have, err := f.db.Stat()
	if err != nil || same(f.path, have) != nil {
		return false
	}
	for _, side := range f.side {
		info, err := os.Stat(side.path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(info, side.info) {
			return false
		}
	}
	return true
}
