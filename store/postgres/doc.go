// Package postgres opens a [gormstore.Store] in a PostgreSQL database: the store
// of a bot that runs as several processes, on one machine or on many.
//
//	st, err := postgres.Open("postgres://bot:secret@db.example.com/bot")
//	if err != nil {
//		return err
//	}
//	defer st.Close()
//
// All processes open the same database, and each works for whichever
// conversations it can lease. Nothing else has to be told to them, and their
// clocks need not agree: that of the database counts.
//
// # What it needs of the server
//
// PostgreSQL 12 or later, a database whose encoding is UTF8, and fsync = on,
// which is asked for and refused if off. What the store has acknowledged then
// survives a crash of the process, and a loss of power of the server: where
// synchronous_commit is off, the store sets it to on for its own transactions
// and reads it back. Other values stay: with local, what a standby has not got
// yet is lost if it takes over.
//
// The user needs CONNECT on the database, USAGE on the schema, and CREATE on it
// as long as there are tables to make or to change, which is when a new version
// of this library is opened for the first time. The tables are made in the first
// schema of the search_path, which the DSN can name: ?search_path=bot. Bots whose
// tables are in different schemas do not meet.
//
// # Connections
//
// A process has two connections that write, one that listens, and at most 8 for
// reads and for what the program does through [gormstore.Store.DB]: allow 11 for
// each in the server's max_connections. A transaction of the store takes at most
// 10 s, a lock is waited for at most 5 s, and a connection that does not answer
// is given up after that and made anew, without help. TLS is as the DSN's sslmode
// says, prefer by default.
//
// # Several processes
//
// A process shares an advisory lock on its number from the connections that it
// writes through. When the process dies the lock is gone, and the others take
// its conversations over within half a second; a process that is merely stopped
// keeps them until its leases expire. They also tell each other by NOTIFY, on
// the channel messenger, at most 50 times a second, that something may be due;
// a poll stands behind it.
//
// The bound on a page's waiting events is checked against a count that each
// process makes anew about once a second, less often where there are so many
// that counting takes long.
//
// # Poolers
//
// Behind a pooler such as PgBouncer, in whatever mode, which is noticed from the
// connection itself, dead processes are noticed when their leases expire, and
// there is no NOTIFY. All settings are made in each transaction anew, so that
// transaction pooling is fine. Statements are prepared by name: PgBouncer must be
// 1.21 or later with max_prepared_statements above 0, or the DSN must say
// default_query_exec_mode=exec. A search_path must be the user's own setting
// there (ALTER ROLE bot SET search_path = bot).
//
// # Failover
//
// A DSN may name several hosts: postgres://bot@a,b/bot. The one that can be
// written to is taken, and another when that is gone or has become a standby.
// While there is none, operations fail, and the platform delivers again what was
// not answered. What a standby must have got before a commit returns is the
// server's to say: synchronous_standby_names and synchronous_commit.
//
// # New versions
//
// A version of this library that changes the tables does so when it is first
// opened, while processes of the old version run: they wait until it is done, and
// go on. A process that starts with tables newer than it knows refuses them with
// a [gormstore.SchemaError].
package postgres
