// Package gormstore implements [store.Store] on an SQL database. Packages store/sqlite and store/postgres open one:
//
//	st, err := sqlite.Open("bot.db")
//
// A program meets the database through GORM: [Store.DB] is a handle for its own tables and for reading the bot's, the
// models [Person], [Location], [Received], [Sent] and [Session] are the rows of the tables that it may read, and with
// [OnCommit] a handler writes the program's rows in the transaction of its turn.
//
// # Tables
//
// The names of all tables begin with messenger_, so that they can share a database with a program's own tables. people,
// locations, received, sent, sessions and attachments hold what the readers of package store read. The queue is
//
//	inbox          events that wait to be handled
//	outbox         sends that wait to be delivered
//	raised         events that programs raise ([store.Raise]): signals and timers that wait, due or not
//	conversations  when the work of a (page, person) pair is due, and which process has a lease on it; a pair for which
//	               nothing waits has no row, or soon has none
//	dedup          keys of events and sends that were accepted before
//	dead           events whose handling failed permanently
//
// tokens is the source of fencing tokens: the number of a lease, higher than that of all leases before it. replicas,
// echoes and once are what replicas tell each other, and schema lists the applied migrations. On PostgreSQL holders
// lists the processes that share the tables, and guard, which is always empty, keeps [OnCommit] functions in their
// transaction. Times are integers, microseconds since 1970 UTC; 0 means none. A program must not write the tables.
//
// # Terms
//
//	conversation   a (page, person) pair: the unit of order, of leases and of locks
//	turn, outcome  the handling of one event, and what it comes to: one [store.Outcome], one Commit
//	lease, token   the right of one worker to commit for a conversation; the token decides whether it is current
//	replica        a process of the bot; its name is the owner of its leases. On PostgreSQL its number is the holder, by which
//	               others see that it has ended
//	isolation      how few conversations that were interrupted run together ([store.IsolationLevel]); it has nothing to do with
//	               the isolation of transactions
//	echo           the platform's copy of a message that was sent, which settles a send whose outcome is unknown
//	hint           a call, or a NOTIFY, that says that something may be due; a poll stands behind it
//
// # Life of a commit
//
// Every change of the store is an operation, such as Put, Claim or Commit. The writer of the store has lanes: goroutines, each
// with a connection of its own, one on SQLite and two on PostgreSQL. A lane gathers the operations of the callers who wait at that
// moment, at most 256, into a group, and runs the group in one transaction, so that many callers share one disk flush (group commit). A group takes these steps; the machine is internal/queue, and an adapter is the package of a database:
//
//	begin    the adapter begins a transaction: READ COMMITTED on PostgreSQL, BEGIN IMMEDIATE on SQLite
//	read     the machine lists what the operations need. The adapter locks the rows of all conversations that the group
//	         changes (INSERT … ON CONFLICT DO UPDATE … WHERE FALSE makes missing rows and locks both; SQLite has the
//	         lock on the file), inserts the dedup keys, and, now that it has the locks, reads the rows
//	decide   the machine validates each operation against these rows and plans its changes: Go code, without a query
//	call     if a turn has an [OnCommit] function, which is then alone in its group, what is planned so far is written, and the
//	         function runs, guarded by the database (store/postgres/guard.go, store/sqlite/guard.go)
//	apply    the adapter writes the planned changes: whole rows by key
//	claim    a group with a claim then locks conversations that are due (SELECT … FOR UPDATE SKIP LOCKED), reads their
//	         events and sends, and writes the lease into their rows
//	free     the adapter deletes the dedup keys that it has inserted and no operation took, and those of cancelled sends
//	commit   the adapter commits, and the callers get their answers
//
// These are the logical steps. On PostgreSQL statements wait until an answer is needed: begin and read are one round trip, and
// apply, free and commit are another. A group with the echo of a send, a claim or an OnCommit function takes more: the table is in
// store/postgres/trips_test.go.
//
// An UPDATE of a conversation needs no condition, because its row was read under its lock, and everything else that
// belongs to the conversation (its events, sends, person, sessions) is changed only under that lock; purges alone delete rows
// without it, of what has expired or is too old, and pass over those that are locked. An operation that
// is refused, such as a Commit whose lease has been given to another process since ([store.ErrFenced]), plans no
// changes, and the others of its group take effect.
//
// If a statement fails, the transaction is rolled back and the halves of the group are run on their own, until an
// operation that makes statements fail is alone with its error. After a lock that was waited for too long the group is divided by
// conversations instead. If the COMMIT itself fails in a way that leaves open whether it took effect, every caller of the group gets
// the error, and the writer connects again. A repeated Put or Enqueue then takes no effect (dedup keys), nor does the repeated outcome
// of a turn: its event no longer waits, or has another count of attempts ([store.ErrNotFound]), or its lease has been given back
// ([store.ErrFenced]). An outcome without an event that keeps its lease, and Apply, take effect again: a record of a send may be there
// twice, and attempts may be counted twice.
//
// A caller whose context ends while its operation waits gets the context's error. The operation is dropped if the
// writer has not begun it, and takes effect otherwise. No caller's context interrupts a transaction.
//
// # Several processes
//
// All transactions take their locks in one order, each kind sorted by key: on PostgreSQL the shared advisory lock that keeps
// migrations out, conversations, dedup keys, what [OnCommit] functions lock, attachments, pages with echoes. Keys that an operation
// frees are deleted last; their conversations are locked by then. They cannot deadlock, unless the OnCommit functions of two turns deadlock with
// each other; then the database aborts one of the two turns, and it is retried.
//
// A process must not overrun a page's bound of waiting events by much, but counting them all for each Put would cost
// more than the Put. It adds what it commits to the last count, and counts again about once a second beside its
// transactions. On SQLite, where there is no other process, one count at the start is enough.
//
// # A program's own tables
//
// A program may keep its own tables in the same database, with migrations of its own on [Store.DB]. A turn commits its
// OnCommit functions, the end of the event, the queued replies and the handlers' writes together or not at all. See
// docs/database.md in the repository.
package gormstore
