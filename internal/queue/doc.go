// Package queue is the state machine of the durable queue: it decides what an operation on the store changes. It holds
// no SQL and no goroutines, and takes no lock of a database.
//
// A store gathers operations ([Operation]) and runs them as one group in one transaction of a [Tx]:
//
//	begin ──> Read ──────────> decide ──────────> Apply ──> commit
//	          lock, snapshot   Go code, no I/O    row changes
//
// [Machine.Run] first collects what the group needs ([Wants]) and reads it under the locks of its conversations
// ([Snapshot]). Then it validates each operation against the snapshot and plans the changes of rows ([Changes]). An
// operation that is refused contributes no change, so the others of its group are not affected. Claims run last, on the
// changed rows.
//
// The one idea that keeps it short: while a transaction holds the lock of a conversation, it knows the conversation's
// whole row and writes the whole row. All rules are in Go; a database only selects by key, inserts, updates and deletes.
//
// Every [Tx] locks in one order: conversations, sorted; dedup keys, sorted; what a program's own code ([store.Call]) locks;
// attachments, sorted; pages with echoes, sorted. Everything else belongs to a conversation and is changed only under its lock, except
// by purges, which delete what has expired or is too old and wait for no lock.
// Unused dedup keys are deleted last. So transactions of several processes cannot deadlock.
package queue
