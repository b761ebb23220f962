// Package database describes an open database to package gormstore: its connection
// pool, and the ways in which it differs from other databases. Packages sqlite and
// postgres provide it. The state machine of the queue is in gormstore only.
package database

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"

	"gorm.io/gorm"
)

// Database is one open database.
type Database struct {
	Dialect Dialect
	// Pool serves reads, and the user's own statements.
	Pool *gorm.DB
	// Connect opens a connection through which writes go, with its
	// settings made and read back. It is called again if that connection
	// breaks. Transactions that are begun on it may write at once.
	Connect func(ctx context.Context) (*sql.Conn, error)
	// Writers is how many connections write; less than 1 is 1. More than one
	// needs a Cluster, for they meet as other processes do.
	Writers int
	// Timeout bounds each transaction of the writer; what takes longer costs
	// the connection. Zero is no bound.
	Timeout time.Duration
	// Cluster is how several processes on the database know of each other; nil
	// if this process alone uses the queue. Then leases that are found at the
	// start belong to a dead process.
	Cluster Cluster
	// Start, if not nil, is called once, when the tables are there.
	Start func(log *slog.Logger)
	// Gate, if not nil, is held for each transaction of the writer.
	Gate sync.Locker
	// Verify, if not nil, reports whether what is written reaches the database that
	// the next start will open. It is asked before each transaction of the writer,
	// and again when it has committed, before its operations are acknowledged.
	Verify func() error
	// Erasing, if not empty, is run in each transaction that forgets a person, and
	// Erased is called when it has committed. It may take until the context ends.
	Erasing string
	Erased  func(ctx context.Context)
	// Meaning says in words what an error of the database means, or nothing if
	// that is not known; nil knows nothing.
	Meaning func(error) string
	// Notes are what whoever runs the program should know; they are logged when the
	// store is opened.
	Notes []string
	// Close releases everything, when nothing uses the database any more.
	Close func() error
}

// Cluster is the processes that share a database.
type Cluster interface {
	// Join makes the process known on the connection that writes. It returns
	// the number that its leases carry while the connection lasts, or 0 if the
	// others cannot tell when it ends.
	Join(ctx context.Context, conn *sql.Conn) (holder int64, err error)
	// Notify tells the other processes, soon, that something may be due. It
	// does not wait.
	Notify()
	// Watch looks after the others until the context ends: it calls due when
	// one of them says, or its death means, that something may be due, and
	// rejoin when the connection on which this process joined has ended.
	Watch(ctx context.Context, due, rejoin func())
}

// Statement is one of several that run in a row.
type Statement struct {
	Text string
	Args []any
	// Scan is called for each row that the statement returns; nil if none is
	// wanted.
	Scan func(Row) error
	// Then, if not nil, is called with the number of rows that it has changed.
	Then func(changed int64)
}

// Row is a row that a statement has returned.
type Row interface {
	Scan(dest ...any) error
}

// Column is one value in the rows of a set-based statement.
type Column struct {
	Name string
	Type Type
}

// Type is that of a column.
type Type int

// The types of columns. A text must come back as it went in; prose, which
// nothing is looked up by, may lose characters that the database cannot keep.
const (
	Text Type = iota
	Prose
	Integer
	Bytes
	Float
	Boolean
)

// Dialect is how one kind of database differs from the others. Statements are
// written with ? for arguments, and otherwise in the SQL that SQLite and
// PostgreSQL share.
type Dialect interface {
	// Bind puts the dialect's own placeholders into a statement.
	Bind(statement string) string
	// Identity is the type of a primary key that numbers rows in the order of
	// insertion and never gives a number twice.
	Identity() string
	// Ordinal is the type of a primary key that numbers rows in the order of
	// insertion, and may give the highest number again when its row is gone.
	Ordinal() string
	// Bytes is the type of a column of bytes.
	Bytes() string
	// Clustered follows the definition of a table whose rows are best kept in the
	// order of their primary key.
	Clustered() string
	// Tokens makes the source of fencing tokens. NextToken is a change, empty if none is
	// needed, and the query after it that draw one: higher than all before it,
	// whatever becomes of the transaction, if there are others meanwhile.
	Tokens() string
	NextToken() (change, query string)
	// SkipLocked ends a SELECT whose rows are to be locked, leaving out those
	// that another process has locked; empty if there is no other process.
	SkipLocked() string
	// NotIn is a condition of one argument that a column has none of some values, and
	// that argument.
	NotIn(column string, values []string) (condition string, argument any)
	// Ended is an expression for whether the process that holds the lease of the
	// conversation m has ended, where the lease has expired but was not found void. It
	// is evaluated in a transaction that has joined the cluster.
	Ended() string
	// Clock is an expression for the database's time in microseconds since
	// 1970; empty if that of the process counts.
	Clock() string
	// Begin is the statement that begins a transaction that writes. In it a
	// statement sees what was committed before the statement began.
	Begin() string
	// Settings is a query of no arguments for its start; empty if there is nothing
	// to do. Check returns an error if what it answers means that the transaction
	// cannot write, or not durably.
	Settings() string
	Check(answer string) error
	// Migrating is a query that waits for all transactions that have begun, and
	// holds back new ones, until its own ends; empty if there is no other
	// process.
	Migrating() string
	// Sets reports that a statement costs a round trip, but can work on many rows of
	// arguments at once. Then Set and PerRow make statements with one array for each
	// column, which Array makes, and else with one row's values; and statements
	// wait for others, to run in one Batch.
	Sets() bool
	// Batch runs statements one after the other in one round trip, up to the first
	// that fails. A COMMIT among them that took no effect is one.
	Batch(ctx context.Context, conn *sql.Conn, statements []*Statement) error
	// Refused reports that the database itself said that a statement failed, so that
	// a COMMIT of the same batch took no effect.
	Refused(err error) bool
	// Set puts the rows of arguments into a statement, which names the table of
	// them ROWS, first or alone in a FROM, and its columns as those of r.
	Set(statement string, columns []Column) string
	// PerRow makes a query that runs another once for each row of arguments,
	// whose columns it names as those of r. With Sets, its answer begins with
	// the number of the row, from 0, and is in the order of the rows.
	PerRow(query string, columns []Column) string
	Array(column Type, rows [][]any, i int) any
	// Intact reports whether the connection's transaction is still open. Some
	// databases end it by themselves after certain errors, and would make what
	// follows durable at once.
	Intact(conn *sql.Conn) bool
	// Guard returns what keeps a user's statements in their transaction on one
	// connection, and GuardTables the statements that make what it needs.
	Guard() Guard
	GuardTables() []string
	// Again reports whether a transaction failed because of what others did at
	// the same time, and may succeed if it is tried again.
	Again(err error) bool
}
