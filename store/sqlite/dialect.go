package sqlite

import (
	"database/sql"
	"errors"
)

// dialect implements database.Dialect.
type dialect struct{}

func (dialect) Bind(statement string) string { return statement }
func (dialect) Identity() string             { return "INTEGER PRIMARY KEY AUTOINCREMENT" }
func (dialect) Bytes() string                { return "BLOB" }
func (dialect) SkipLocked() string           { return "" }
func (dialect) Exclusive() bool              { return true }

// Intact asks SQLite whether the connection is inside a transaction: when the
// disk is full, and after some other errors, it rolls back by itself.
func (dialect) Intact(conn *sql.Conn) bool {
	return conn.Raw(func(raw any) error {
		if inTransaction(raw) {
			return nil
		}
		return errNoTransaction
	}) == nil
}

var errNoTransaction = errors.New("no transaction")
