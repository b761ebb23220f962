// Package database is what packages sqlite and postgres hand to package
// gormstore: one open database, and the few ways in which it differs from the
// others. The state machine of the queue is written once, in gormstore.
package database

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

// Database is one open database.
type Database struct {
	Dialect Dialect
	// Pool serves reads, and the user's own statements.
	Pool *gorm.DB
	// Connect opens the connection through which all writes go, with its
	// settings made and read back. It is called again if that connection
	// breaks. Transactions that are begun on it may write at once.
	Connect func(ctx context.Context) (*sql.Conn, error)
	// Close releases everything, when nothing uses the database any more.
	Close func() error
}

// Dialect is how one kind of database differs from the others. Statements are
// written with ? for arguments, and otherwise in the SQL that SQLite and
// PostgreSQL share.
type Dialect interface {
	// Bind puts the dialect's own placeholders into a statement.
	Bind(statement string) string
	// Identity is the type of a primary key that numbers rows in the order of
	// insertion and never gives a number twice.
	Identity() string
	// Bytes is the type of a column of bytes.
	Bytes() string
	// SkipLocked ends a SELECT whose rows are to be locked, leaving out those
	// that another process has locked; empty if there is no other process.
	SkipLocked() string
	// Exclusive reports that this process alone uses the queue. Then leases
	// that are found at the start belong to a dead process.
	Exclusive() bool
	// Intact reports whether the connection's transaction is still open. Some
	// databases end it by themselves after certain errors, and would make what
	// follows durable at once.
	Intact(conn *sql.Conn) bool
}
