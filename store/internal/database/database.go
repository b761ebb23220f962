// Package database describes an open database to package gormstore. Packages sqlite and postgres provide it. The rules
// of the queue are in internal/queue, and every statement is in the package of its database.
package database

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/internal/queue"
)

// Database is one open database. Whether it can be written to, durably, was checked when it was opened.
type Database struct {
	// Pool serves reads, migrations, and the user's own statements.
	Pool *gorm.DB
	// Prepares reports that the driver of Pool prepares statements by itself, if they can be prepared at all.
	Prepares bool
	// Queries are the texts of the reads that GORM does not build.
	Queries Queries
	// Migrations are the steps from nothing to today's tables, each a list of whole statements. They run on a connection
	// of Pool, before Connect is called first. Migrating, if not empty, is a query that is run first in their
	// transaction: it waits for the writers of other processes and keeps new ones out.
	Migrations [][]string
	Migrating  string
	// Opened are statements that run once, in one transaction, when the tables are there and before Connect is called;
	// empty where several processes share the tables.
	Opened []string
	// Connect opens a connection through which writes go, with its settings made and read back. Where several processes
	// share the tables, it makes the connection known to them. It is called again if that connection breaks.
	Connect func(ctx context.Context) (Conn, error)
	// Writers is how many connections write; less than 1 is 1. More than one needs a Cluster.
	Writers int
	// Renewer reports that one more connection renews leases, and does nothing else: what the others wait for, such as a lock that a
	// query of the host holds, does not delay it.
	Renewer bool
	// Timeout bounds each transaction of the writer, without the time that users' functions may take; what takes longer
	// costs the connection. Zero is no bound.
	Timeout time.Duration
	// Cluster is how several processes on the database know of each other; nil if this process alone uses it.
	Cluster Cluster
	// Start, if not nil, is called once, when the store is open.
	Start func(log *slog.Logger)
	// Gate, if not nil, is held for each transaction of the writer.
	Gate sync.Locker
	// Verify, if not nil, reports whether what is written reaches the database that the next start will open. It is
	// called before each transaction of the writer, and again when it has committed, before its operations are
	// acknowledged.
	Verify func() error
	// Erased, if not nil, is called when data of people has been deleted and that has committed. It may take until the
	// context ends.
	Erased func(ctx context.Context)
	// Meaning describes what an error of the database means, or returns nothing if that is not known; nil knows nothing.
	Meaning func(error) string
	// Refused, if not nil, reports that the database itself said that a statement failed, so that a commit that failed
	// with the error took no effect. False means that this is unknown. Again, if not nil, reports that a transaction failed because of what others did
	// meanwhile, and may succeed if it is retried.
	Refused, Again func(error) bool
	// LockTimeout, if not nil, reports that a transaction failed because it waited too long for a lock. Blocked, if not nil, reports
	// that it waited for what keeps out all transactions, whatever is in them.
	LockTimeout, Blocked func(error) bool
	// Notes are what an operator should know; they are logged when the store is opened.
	Notes []string
	// Attached reports that the tables are those of bots that run, which the store only joins: it migrates nothing, refuses tables of any other
	// version than its own, and does not look after other processes.
	Attached bool
	// Close releases everything, when nothing uses the database any more.
	Close func() error
}

// Conn is a connection that writes, with its prepared statements. One goroutine uses it.
type Conn interface {
	// Begin begins a transaction that writes. The context bounds the whole transaction, and its end costs the
	// connection. After an error no transaction is open, or the connection is not usable.
	Begin(ctx context.Context, options BeginOptions) (queue.Tx, error)
	// Usable reports whether the connection can be used again after a transaction on it failed with an error and was
	// rolled back.
	Usable(ctx context.Context, err error) bool
	// Close gives the connection back to its pool. Discard closes it so that no pool uses it again.
	Close()
	Discard()
}

// BeginOptions describe a transaction.
type BeginOptions struct {
	// EchoOf are keys of sends whose conversations [queue.Tx.Owners] returns, sorted and without repetitions.
	EchoOf []string
	// Calls, if not nil, runs the users' functions of the transaction: [queue.Tx.Call] hands them to it.
	Calls *Calls
	// Clock, if not nil, is the store's clock; otherwise it is the database's own where several processes share it, and
	// the process's elsewhere. Times are truncated to microseconds.
	Clock func() time.Time
}

// Cluster is the processes that share a database.
type Cluster interface {
	// Notify tells the other processes, soon, that something may be due. It does not wait.
	Notify()
	// Watch looks after the others until the context ends: it calls due when one of them says, or its death means, that
	// something may be due, and rejoin when a connection on which this process was known to them has ended.
	Watch(ctx context.Context, due, rejoin func())
}
