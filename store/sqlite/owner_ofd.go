//go:build linux || darwin

package sqlite

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// lockAt is the first byte of the lock, far behind those that SQLite locks, which
// are at 1 GiB, and behind the end of any file. The lock ends after as many bytes
// as the number of the process that holds it, so that another process can read
// that number from it.
const lockAt = 1 << 62

// lock takes an open file description lock, which belongs to the open file: a
// second one in the same process is refused too, and unlike a POSIX lock it
// stays when another descriptor of the file is closed. flock(2) would not do:
// on macOS it conflicts with SQLite's locks.
func lock(f *os.File, _ string) (release func() error, owner string, err error) {
	err = control(f, setLock, &syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: lockAt, Len: int64(os.Getpid())})
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) {
		return nil, holder(f), errHeld
	}
	if err != nil {
		return nil, "", os.NewSyscallError("fcntl", err)
	}
	return func() error {
		return os.NewSyscallError("fcntl", control(f, setLock, &syscall.Flock_t{Type: syscall.F_UNLCK, Whence: io.SeekStart, Start: lockAt}))
	}, "", nil
}

// holder says which process holds the lock.
func holder(f *os.File) string {
	held := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: lockAt, Len: 1}
	if err := control(f, getLock, &held); err != nil || held.Type == syscall.F_UNLCK || held.Start != lockAt {
		return "another process"
	}
	return process(int(held.Len))
}

// control asks for or changes a lock.
func control(f *os.File, command int, l *syscall.Flock_t) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) {
		for {
			if failed = syscall.FcntlFlock(fd, command, l); !errors.Is(failed, syscall.EINTR) {
				return
			}
		}
	}); err != nil {
		return err
	}
	return failed
}
