// Package sqlite opens a [gormstore.Store] in an SQLite file: the store of a
// bot that runs as one process on one machine.
//
//	st, err := sqlite.Open("bot.db")
//	if err != nil {
//		return err
//	}
//	defer st.Close()
//
// # Durability
//
// What the store has acknowledged survives a crash of the process and a loss
// of power: the file is in WAL mode with synchronous=FULL, which is read back
// from the connections. That costs one flush to the disk for each group of
// operations, see package gormstore.
//
// # One owner
//
// One process, and in it one store, owns a file: a lock on the file keeps others
// out, with an [OwnedError], until the store is closed or its process ends. Leases
// found at the start belong to a dead process and are void: their conversations
// are due at once. On systems other than Linux, macOS and Windows the lock is on a
// file beside the database whose name ends in -owner.
//
// Before each transaction, and after its commit, before it is acknowledged, the
// store checks that the paths of the database, of its write-ahead log (-wal) and
// of the log's index (-shm) still lead to the files that are open. If one was
// deleted, moved or replaced, every operation that writes fails with a
// [FileError], and so does Ping: what it stored would be lost at the next start.
// If only the log or its index is missing, what was acknowledged before is first
// moved from the log into the database. Operations succeed again when the files
// are back in their places. A file with a second name, a hard link, is refused at
// Open, because SQLite names the log after the file; one that appears later is
// logged as a warning.
//
// Other programs may read the file meanwhile, through SQLite. One that writes to it
// for longer than five seconds at a time makes the store's own operations fail. In
// the bot's own process nothing may open the file, not even to copy it: on Unix,
// closing it again drops all the locks that SQLite has on it. Read it through
// [gormstore.Store.DB].
//
// # Erasure
//
// SQLite overwrites with zeros what is deleted (secure_delete). Forget then
// truncates the write-ahead log, and overwrites copies that SQLite left in
// unused parts of pages when it moved rows. When Forget returns, no file
// contains anything of the person, with three exceptions:
//   - a read transaction that is still open, of this process or of another program,
//     keeps the old state in the log until it ends;
//   - another program that writes to the file may be in the way;
//   - the context of Forget may end first, as a large file takes long to search.
//
// In these cases the store logs a warning and tries again every five seconds, and
// when it is closed or opened the next time. What SQLite deleted before it was
// opened by a version of this library that overwrites may be left in free pages: run
// VACUUM once. No database can erase what the file system and the disk keep of
// files that were shortened or removed, nor what is in backups.
//
// The log is also truncated when the store has been at rest for some seconds, and
// is kept below 36 MiB otherwise unless a reader holds it.
//
// # Time
//
// The time is that of the process's clock. After a backward clock step, also
// between two starts, timestamps in the future count as now. After a forward step
// what is delayed becomes due early.
//
// The package needs cgo: in a program that was built without it Open fails. For
// tests that need no file see [github.com/djmessenger/messenger/store/memory].
package sqlite
