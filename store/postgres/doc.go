// Package postgres opens a [gormstore.Store] in a PostgreSQL database: the store
// of a bot that runs as several processes, on one machine or on many.
//
//	st, err := postgres.Open("postgres://bot:secret@db.example.com/bot")
//	if err != nil {
//		return err
//	}
//	defer st.Close()
//
// All processes open the same database. Each handles the conversations that it can
// lease. They need no other configuration of each other, and their clocks need not
// agree: the store uses the clock of the database.
//
// A program that shows or repairs what is in the database of bots that run elsewhere opens it with [Attach].
//
// # Requirements
//
// PostgreSQL 12 or later, a database with the encoding UTF8, and fsync = on, which the
// store checks when it connects. What the store has acknowledged then survives a crash
// of the process and a power loss of the server. Where synchronous_commit is off, the
// store sets it to on for its own transactions and reads it back. It leaves other values
// alone: with local, a failover can lose what the standby has not received yet.
//
// The user needs CONNECT on the database and USAGE on the schema. They need CREATE on the
// schema when a new version of this library is opened for the first time and has tables
// to make or to change; one trigger function is in PL/pgSQL, which every database has
// unless it was dropped. The tables are made in the first schema of the search_path, which
// the DSN can set: ?search_path=bot. Bots with tables in different schemas share nothing.
//
// # Connections
//
// A process has two connections that write, one that renews leases, one that listens, and at
// most 8 for reads and for [gormstore.Store.DB]: allow 12 for each process in the server's
// max_connections. A transaction of the store takes at most 10 s and waits at most 5 s for a
// lock, except in
// functions of [gormstore.OnCommit], for which [gormstore.WithCommitTimeout] is added. A
// connection that does not answer within these bounds is closed, and the store connects
// again. TLS follows the DSN's sslmode; the default is prefer.
//
// # Several processes
//
// Each process holds an advisory lock on its number. When it dies, the server releases the
// lock, and the others take its conversations over within half a second. A process that is
// only suspended keeps them until its leases expire. Processes notify each other by NOTIFY,
// on the channel messenger, at most 50 times a second, that something may be due. A poll
// finds what a lost notification was about.
//
// The bound on a page's waiting events is checked against a count. Each process counts
// again about once a second, and less often if counting takes long.
//
// # Poolers
//
// A pooler such as PgBouncer may be between the store and the server, in session or in
// transaction mode, with the DSN as it is. The tests run PgBouncer as Debian ships it
// (1.18). Open refuses statement mode, which has no transactions.
//
// The store detects a pooler from the connection itself, logs it ([gormstore.WithLogger]),
// and then relies on no state of a connection between transactions:
//
//   - All settings are made in each transaction.
//   - Statements are not prepared by name. That costs about a third of the throughput, where
//     the server's processor is the limit. If the pooler keeps prepared statements, as
//     PgBouncer does in session mode, and from 1.21 on with max_prepared_statements above 0,
//     add default_query_exec_mode=cache_statement to the DSN. Open refuses it where it finds
//     that they are not kept.
//   - There are no session locks and no NOTIFY. The conversations of a process that has died
//     are free when its leases expire, within 15 seconds. A poll finds what another process
//     has put.
//   - A process that is suspended past its lease looks like one that has died. If it ran an
//     event alone because earlier runs were interrupted, the event becomes a dead letter.
//
// PgBouncer refuses a DSN with a search_path or another setting that it does not know. Make
// it a setting of the user instead: ALTER ROLE bot SET search_path = bot. Do not add
// search_path to ignore_startup_parameters: the tables would be made in another schema. In
// session mode, default_pool_size must have room for 11 connections of each process.
//
// # Failover
//
// A DSN may name several hosts: postgres://bot@a,b/bot. The store uses the one that accepts
// writes, and another when that one is gone or has become a standby. While there is none,
// operations fail, and the platform delivers again what was not answered. The server decides
// what a standby must have received before a commit returns: synchronous_standby_names and
// synchronous_commit.
//
// # New versions
//
// A version of this library that changes the tables does so when it is first opened. It waits for the transactions of other
// processes and keeps new ones out until it is done. The step to tables version 4 renames tables and columns: stop all
// processes of an older version before it, as their statements fail afterwards. No later version needs that. docs/database.md
// has the way back. A process that finds tables newer than it knows refuses them with a [gormstore.SchemaError].
//
// # How it works
//
// Each writing connection runs one transaction at a time for a group of operations, with at least one round trip to lock and
// read and one to change and commit: statements wait until an answer is needed, and then travel together. Conversations
// are locked first, in one order, and what depends on them is read by later statements of the same trip, which see what was
// committed before the locks were granted. All statements are in queries*.go and schema*.sql, whole, as they are sent. Each
// finds its rows by an index, with a plan that does not depend on what the server last knew about a queue's size.
package postgres
