// Package gormstore implements [store.Store] on an SQL database through GORM.
// Packages store/sqlite and store/postgres open one:
//
//	st, err := sqlite.Open("bot.db")
//
// # Tables
//
// The names of all tables begin with messenger_, so that they can share a database
// with a program's own tables. people, locations, received, sent, sessions and
// attachments hold what the roles of package store read. seen, inbox, mailbox,
// outbox and dead are the queue. holders lists the processes that share the tables,
// epochs is the source of fencing tokens, and schema lists the applied migrations. On
// PostgreSQL guard keeps [OnCommit] functions in their transaction; it is always empty.
// Times are integers, microseconds since 1970 UTC; 0 or NULL means none. A program
// may read the tables with SQL, but must not write them.
//
// # Writing
//
// One goroutine makes all changes, or two on a database that accepts several
// writers. It groups the waiting operations, at most 256, into one transaction, so
// that many callers share the cost of one disk flush (group commit). Each operation
// is validated before anything is changed. If the database fails one operation, the
// group is retried without it, so the others are not affected. A caller gets its
// answer when the commit is durable. If the commit itself fails, every caller of the
// group gets the error, and the commit may have taken effect.
//
// A caller whose context ends while its operation waits gets the context's error.
// The operation is dropped if the writer has not begun it, and takes effect
// otherwise.
//
// # Several processes
//
// Processes that share a database take locks in one order: conversations, then the
// locks of [OnCommit] functions, then keys. They cannot deadlock, unless two OnCommit
// functions deadlock with each other; then the database aborts one of the two turns,
// and it is retried.
//
// # A program's own tables
//
// A program may keep its own tables in the same database. [Store.DB] gives it access
// to read them and to run its own migrations. With [OnCommit] a handler writes them
// in the transaction of its turn: the end of the event, the queued replies and the
// program's rows commit together or not at all.
package gormstore
