package gormstore

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
)

// api names GORM in a [store.Call].
const api = "gorm"

// OnCommit queues a function into the turn of a context. It runs inside the
// transaction that commits the turn, in the order in which it was queued among
// the turn's writes: what it stores through tx becomes durable together with
// them, or not at all.
//
// The function may use tx and nothing else: no network, and no other handle on
// the database, which would wait for this transaction. It may run any SQL that does not
// end the transaction, DDL and PostgreSQL's DO blocks included, with several statements
// in one string. All functions of a turn together must end within the commit timeout
// ([WithCommitTimeout]). When a function has returned, its tx refuses all statements.
//
// An error, a panic, an expired context or a failed statement fails the commit with a
// [store.CallError], and nothing of the turn is stored. After a statement that failed,
// the transaction refuses all others, and the call fails even if the function returns nil.
// To go on after an error, run the statement in a nested tx.Transaction, which uses a
// savepoint:
//
//	err := tx.Transaction(func(tx *gorm.DB) error { return tx.Create(&order).Error })
//	// Whatever err is, tx can be used.
//
// The bot takes a CallError as a failure of the route that queued the function: the event
// is retried, or, if the error is a handling.Permanent one or it was the last try, the
// other routes take effect and this one becomes a dead letter.
//
// The database refuses what would commit the turn. On both databases these are COMMIT and
// END, in any form. Who releases the savepoint messenger_call fails the call. In addition:
//   - SQLite refuses BEGIN, ROLLBACK, ATTACH, DETACH, and each PRAGMA that could change the
//     connection. Allowed are those that describe tables, and defer_foreign_keys,
//     foreign_keys, user_version and application_id.
//   - PostgreSQL refuses PREPARE TRANSACTION and SET CONSTRAINTS ALL IMMEDIATE (name the
//     constraints instead). It cannot refuse ROLLBACK, which fails the call and undoes the
//     turn. Statements that follow ROLLBACK in the same string run outside of the turn and
//     are stored.
//   - On PostgreSQL the store resets search_path, role and the settings that it makes
//     itself, such as synchronous_commit and statement_timeout, after each function. Set
//     others with SET LOCAL: SET without it outlasts the turn.
//
// This protects from mistakes. A function that changes the tables or functions whose names
// begin with messenger_ can break the store.
//
// A session with PrepareStmt works, but prepares nothing of its own: the PostgreSQL driver
// caches statements anyway. To prepare statements by hand is refused.
//
// OnCommit returns [store.ErrNoTurn] outside of a turn, [store.ErrTurnOver]
// after it, and [errors.ErrUnsupported] if the turn's store is not one of this
// package. A turn that uses it commits in a transaction of its own and so more slowly than
// others. Where several processes share the database, the function may run again if it
// deadlocked with another one: the first run has then left nothing.
func OnCommit(ctx context.Context, run func(tx *gorm.DB) error) error {
	return store.Queue(ctx, store.Call{API: api, Run: func(tx any) error {
		db, ok := tx.(*gorm.DB)
		if !ok {
			return fmt.Errorf("gormstore: OnCommit got a %T: %w", tx, errors.ErrUnsupported)
		}
		return run(db)
	}})
}
