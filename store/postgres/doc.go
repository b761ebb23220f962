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
// A pooler such as PgBouncer may be between the store and the server, in session or in
// transaction mode, with the DSN as it is. PgBouncer is tested as Debian ships it
// (1.18). In statement mode there are no transactions, and Open refuses it.
//
// The store notices a pooler from the connection itself, logs it ([gormstore.WithLogger]),
// and leaves nothing on a connection that the next transaction would need. All settings
// are made in each transaction anew. Statements are not prepared by name, which costs about
// a third of the throughput of the server's processor. If the pooler keeps prepared
// statements, as PgBouncer does in session mode, and from 1.21 on with
// max_prepared_statements above 0, add default_query_exec_mode=cache_statement to the DSN;
// Open refuses it where it finds that they are not kept. There are no advisory locks of a session and no NOTIFY: the
// conversations of a process that has died are free when its leases expire, within 15
// seconds, and what another process puts is found by polling.
//
// PgBouncer refuses a DSN with a search_path, or other settings than those it knows. Give
// them to the user instead (ALTER ROLE bot SET search_path = bot). Do not name search_path
// in its ignore_startup_parameters: then the tables would be made elsewhere. In session
// mode default_pool_size must have room for the connections of all processes, 10 for each.
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
