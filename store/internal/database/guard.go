package database

import (
	"context"
	"database/sql"
	"time"
)

// Guard keeps the SQL of a user's function inside of the transaction that a
// connection has begun: between Enter and Leave the database itself refuses to
// commit, and Leave finds out if the transaction was rolled back. One function runs
// at a time, and one statement of it.
//
// After a statement that failed, the transaction refuses all others until the
// function rolls back to a savepoint of its own.
type Guard interface {
	// Enter is called before the function. A statement of the function may take
	// limit at least, and so may a wait for a lock, or between two statements.
	Enter(ctx context.Context, conn *sql.Conn, limit time.Duration) error
	// Ran is called after each statement, with its error, and returns what the error
	// means. After one that failed it makes the transaction refuse what follows.
	Ran(ctx context.Context, conn *sql.Conn, err error) error
	// Failed reports whether the transaction refuses statements because one has
	// failed. It asks no server.
	Failed(conn *sql.Conn) bool
	// Intact reports whether the transaction is open: some databases end it by themselves after certain errors, and would
	// make what follows durable immediately. It asks no server.
	Intact(conn *sql.Conn) bool
	// Leave is called after the function. With keep it returns an error if the
	// transaction is another than the one that was entered, and undoes the settings
	// that the function made for it, where the store's own statements depend on them.
	// Without keep the transaction is rolled back next.
	Leave(ctx context.Context, conn *sql.Conn, keep bool) error
}
