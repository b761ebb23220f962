package sqlite

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

// OwnedError is returned by [Open] when another store has the file open, in
// this process or in another.
type OwnedError struct {
	// Path is the database file.
	Path string
	// Owner is the process that holds the lock, as far as is known:
	// "process 1234".
	Owner string
}

func (e *OwnedError) Error() string {
	return fmt.Sprintf("sqlite: %s is in use by %s, which holds its lock; one store at a time can have it open", e.Path, e.Owner)
}

// errHeld is returned by lock if another open file holds the lock.
var errHeld = errors.New("held")

// ownership is the lock on a database file that this process holds.
//
// The file stays open until SQLite has closed its last descriptor of it. On Unix,
// closing any descriptor of a file drops all POSIX locks that the process has on
// that file: SQLite's locks would be gone, and another program that closes the
// database would delete the write-ahead log.
type ownership struct {
	file *os.File
	info os.FileInfo
	// release gives the lock back. Closing the file is not enough: a child process
	// that is just being started shares it until it runs its program.
	release func() error
	// spare are further descriptors of the file, to be closed no earlier.
	spare []*os.File
}

// owned are the files that stores of this process have open.
var owned struct { //nolint:gochecknoglobals // POSIX locks belong to the process, and so does this
	mu  sync.Mutex
	all []*ownership
}

// own opens a database file, which it creates if there is none, and takes its
// lock. The end of the process gives the lock back too.
func own(path string) (*ownership, error) {
	owned.mu.Lock()
	defer owned.mu.Unlock()
	// A file that this process owns must not be opened: see ownership.
	if info, err := os.Stat(path); err == nil && ownedAs(info) != nil {
		return nil, ownedHere(path)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: %w", err), f.Close())
	}
	if o := ownedAs(info); o != nil { // it got this name after the first look
		o.spare = append(o.spare, f)
		return nil, ownedHere(path)
	}
	release, owner, err := lock(f, path)
	switch {
	case errors.Is(err, errHeld):
		return nil, errors.Join(&OwnedError{Path: path, Owner: owner}, f.Close())
	case err != nil:
		return nil, errors.Join(fmt.Errorf("sqlite: the lock on %s: %w", path, err), f.Close())
	}
	o := &ownership{file: f, info: info, release: release}
	owned.all = append(owned.all, o)
	return o, nil
}

func ownedAs(info os.FileInfo) *ownership {
	for _, o := range owned.all {
		if os.SameFile(o.info, info) {
			return o
		}
	}
	return nil
}

func ownedHere(path string) error {
	return &OwnedError{Path: path, Owner: process(os.Getpid())}
}

func process(pid int) string { return fmt.Sprint("process ", pid) }

// Close gives the lock back. SQLite must have closed the file.
func (o *ownership) Close() error {
	owned.mu.Lock()
	defer owned.mu.Unlock()
	for i, other := range owned.all {
		if other == o {
			owned.all = append(owned.all[:i], owned.all[i+1:]...)
			break
		}
	}
	errs := []error{o.release(), o.file.Close()}
	for _, f := range o.spare {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
