//go:build unix && !linux && !darwin

package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// lock takes the lock on a file beside the database, whose name ends in -owner.
// These systems have no open file description locks, and their flock(2)
// conflicts with the locks that SQLite takes on the database itself.
func lock(_ *os.File, path string) (release func() error, owner string, err error) {
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return nil, "", err
	}
	f, err := os.OpenFile(path+"-owner", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, "", err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, "another process", errors.Join(errHeld, f.Close())
	}
	if err != nil {
		return nil, "", errors.Join(err, f.Close())
	}
	return func() error { return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close()) }, "", nil
}
