// Package gormstore keeps a [store.Store] in an SQL database that GORM can
// open. Package sqlite, below it, opens one:
//
//	st, err := sqlite.Open("bot.db")
//
// # Tables
//
// All tables begin with messenger_, so that they live beside a program's own:
// people, locations, received, sent, sessions and attachments hold what the
// roles of package store read; seen, inbox, mailbox, outbox and dead are the
// queue; schema says which migrations have run. Times are integers,
// microseconds since 1970 UTC, and 0 or NULL where there is none. Reading them
// with SQL is fine; writing them is not.
//
// # Writing
//
// One goroutine makes all changes. It gathers the operations that wait, at
// most 256, into one transaction with a savepoint for each, so that many
// callers share the cost of one flush to the disk and an operation that fails
// takes no other with it. A caller is answered when the commit is durable. If
// the commit itself fails, each caller of the group gets the error.
//
// A caller whose context ends while its operation waits gets the context's
// error; the operation is left out if the writer has not begun it, and takes
// effect otherwise.
//
// # A program's own tables
//
// A program may keep its own tables in the same database. It reads them, and
// makes its own migrations, through [Store.DB]. What a handler stores joins
// its turn with [OnCommit]: event done, replies queued and the program's rows
// become durable together or not at all.
package gormstore
