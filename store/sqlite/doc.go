// Package sqlite opens a [gormstore.Store] in an SQLite file: the store of a
// bot that runs as one process on one machine.
//
//	st, err := sqlite.Open("bot.db")
//	if err != nil {
//		return err
//	}
//	defer st.Close()
//
// What the store has acknowledged survives a crash of the process and a loss
// of power: the file is in WAL mode with synchronous=FULL, which is read back
// from the connection that writes. That costs one flush to the disk for each
// group of operations, see package gormstore.
//
// One process, and in it one store, owns a file: a lock on the file beside it
// whose name ends in -owner keeps others out until the store is closed or its
// process ends. Leases that are found at the start belong to a dead process
// and are void: their conversations are due at once.
//
// The time is that of the process's clock. When that is set back, also between two
// starts, what was stored by a time that is yet to come counts as stored now; set
// forward, it makes what is delayed due early.
//
// Other programs may read the file meanwhile, with their own connection. One
// that writes to it for longer than five seconds at a time makes the store's
// own operations fail.
//
// The package needs cgo: in a program that was built without it Open fails. For
// tests that need no file see [store.NewMemory].
package sqlite
