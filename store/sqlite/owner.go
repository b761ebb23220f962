package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// ownerSuffix names the file beside the database that its owner holds a lock
// on. It stays when the owner is gone; only the lock counts.
const ownerSuffix = "-owner"

// OwnedError is returned by [Open] when another store has the file open, in
// this process or in another.
type OwnedError struct {
	// Path is the database file; the lock is on the file of that name with
	// -owner behind it.
	Path string
	// Owner says who has it, as far as is known: "process 1234".
	Owner string
}

func (e *OwnedError) Error() string {
	return fmt.Sprintf("sqlite: %s is in use by %s, which holds the lock on %s; one store at a time can have it open",
		e.Path, e.Owner, e.Path+ownerSuffix)
}

// errHeld is returned by lock if somebody else has the lock.
var errHeld = errors.New("held")

// ownership is a lock that is held.
type ownership struct{ file *os.File }

// Close gives the lock back. To close the file is not enough: a process that
// is being started at this moment has it open too, until it runs its program.
func (o ownership) Close() error { return errors.Join(unlock(o.file), o.file.Close()) }

// own takes the lock of a database file. The end of the process gives it back
// too.
func own(path string) (io.Closer, error) {
	side := path + ownerSuffix
	f, err := lock(side)
	if errors.Is(err, errHeld) {
		owner := "another store"
		if text, err := os.ReadFile(side); err == nil && len(text) > 0 {
			owner = strings.TrimSpace(string(text))
		}
		return nil, &OwnedError{Path: path, Owner: owner}
	}
	if err != nil {
		return nil, fmt.Errorf("sqlite: the lock on %s: %w", side, err)
	}
	// Who it is only serves the error above: a full disk must not matter.
	if f.Truncate(0) == nil {
		_, _ = fmt.Fprintf(f, "process %d\n", os.Getpid())
	}
	return ownership{f}, nil
}
