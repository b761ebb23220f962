//go:build cgo

package sqlite

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// inTransaction asks a connection of the driver.
func inTransaction(raw any) bool {
	c, ok := raw.(*sqlite3.SQLiteConn)
	return ok && !c.AutoCommit()
}

// authorize has SQLite ask permit what statements may do that are prepared on a
// connection of the driver from now on.
func authorize(raw any, permit func(does action, first, second string) bool) error {
	c, ok := raw.(*sqlite3.SQLiteConn)
	if !ok {
		return fmt.Errorf("a connection is a %T", raw)
	}
	c.RegisterAuthorizer(func(does int, first, second, _ string) int {
		if permit(action(does), first, second) {
			return sqlite3.SQLITE_OK
		}
		return sqlite3.SQLITE_DENY
	})
	return nil
}

// refused reports that SQLite itself refused a COMMIT: a deferred constraint is violated. The transaction is still open.
func refused(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrConstraint
}

// meaning says in words what an error of the driver says about the file, or
// nothing.
func meaning(err error) string {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch e.Code {
	case sqlite3.ErrNotADB, sqlite3.ErrCorrupt:
		return "is not an SQLite database, or is damaged"
	case sqlite3.ErrReadonly:
		return "cannot be written"
	case sqlite3.ErrFull:
		return "has no space left on its disk"
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return "is locked by another program"
	case sqlite3.ErrCantOpen:
		return "cannot be opened"
	case sqlite3.ErrIoErr:
		switch e.SystemErrno {
		case syscall.EROFS:
			return "is on a disk that is read-only"
		case syscall.EDQUOT, syscall.EFBIG:
			return "has reached a limit on its size"
		}
		return "is on a disk that fails"
	}
	return ""
}
