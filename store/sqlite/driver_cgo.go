//go:build cgo

package sqlite

import (
	"errors"

	"github.com/mattn/go-sqlite3"
)

// inTransaction asks a connection of the driver.
func inTransaction(raw any) bool {
	c, ok := raw.(*sqlite3.SQLiteConn)
	return ok && !c.AutoCommit()
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
	}
	return ""
}
