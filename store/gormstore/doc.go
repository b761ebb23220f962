// Package gormstore keeps a [store.Store] in an SQL database that GORM can
// open. Packages sqlite and postgres, beside it, open one:
//
//	st, err := sqlite.Open("bot.db")
//
// # Tables
//
// All tables begin with messenger_, so that they live beside a program's own:
// people, locations, received, sent, sessions and attachments hold what the
// roles of package store read; seen, inbox, mailbox, outbox and dead are the
// queue; holders are the processes that share the tables, epochs the source of
// what fences leases, and schema says which migrations have run. Times are integers,
// microseconds since 1970 UTC, and 0 or NULL where there is none. Reading them
// with SQL is fine; writing them is not.
//
// # Writing
//
// One goroutine makes all changes, or two where a database can be written to by
// several. It gathers the operations that wait, at most 256, into one transaction, so that many callers share the cost of one
// flush to the disk. What an operation is refused for is found out before
// anything is changed; one that the database itself fails takes no other with
// it, because the rest is then tried without it. A caller is answered when the
// commit is durable. If the commit itself fails, each caller of the group gets
// the error, and it may have taken effect.
//
// A caller whose context ends while its operation waits gets the context's
// error; the operation is left out if the writer has not begun it, and takes
// effect otherwise.
//
// # Several processes
//
// Processes that share a database lock what they need in one order, whatever is
// in their groups: mailboxes, then what [OnCommit] takes, then keys. They do not
// wait for each other in a circle, unless two functions given to OnCommit do;
// then the database ends one of the two turns, and it is run again.
//
// # A program's own tables
//
// A program may keep its own tables in the same database. It reads them, and
// makes its own migrations, through [Store.DB]. What a handler stores joins
// its turn with [OnCommit]: event done, replies queued and the program's rows
// become durable together or not at all.
package gormstore
