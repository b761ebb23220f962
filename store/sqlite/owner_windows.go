package sqlite

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

// lockAt is the byte that is locked, far behind those that SQLite locks and
// behind the end of any file: other handles can neither read nor write it.
const lockAt = 1 << 62

const (
	failImmediately = 1 // LOCKFILE_FAIL_IMMEDIATELY
	exclusive       = 2 // LOCKFILE_EXCLUSIVE_LOCK

	errLockViolation = syscall.Errno(33) // ERROR_LOCK_VIOLATION
	errIOPending     = syscall.Errno(997)
)

//nolint:gochecknoglobals // procedures are found once
var (
	kernel32     = syscall.NewLazyDLL("kernel32.dll")
	lockFileEx   = kernel32.NewProc("LockFileEx")
	unlockFileEx = kernel32.NewProc("UnlockFileEx")
)

// lock locks one byte of the file. The lock belongs to the handle.
func lock(f *os.File, _ string) (release func() error, owner string, err error) {
	at := func() *syscall.Overlapped { return &syscall.Overlapped{OffsetHigh: lockAt >> 32} }
	ok, _, err := lockFileEx.Call(f.Fd(), failImmediately|exclusive, 0, 1, 0, uintptr(unsafe.Pointer(at())))
	if ok == 0 {
		if errors.Is(err, errLockViolation) || errors.Is(err, errIOPending) {
			return nil, "another process", errHeld
		}
		return nil, "", os.NewSyscallError("LockFileEx", err)
	}
	return func() error {
		if ok, _, err := unlockFileEx.Call(f.Fd(), 0, 1, 0, uintptr(unsafe.Pointer(at()))); ok == 0 {
			return os.NewSyscallError("UnlockFileEx", err)
		}
		return nil
	}, "", nil
}
