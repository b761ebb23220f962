package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// callSavepoint is that of a call. Its release takes those along that the function has
// left.
const callSavepoint = "messenger_call"

const (
	enterCall = "SAVEPOINT messenger_call"
	leaveCall = "RELEASE SAVEPOINT messenger_call"
)

// action is what an SQL statement would do, as SQLite asks an authorizer for it.
//
// https://www.sqlite.org/c3ref/c_alter_table.html
type action int

const (
	pragma       action = 19 // name, argument
	transactions action = 22 // operation
	attach       action = 24
	detach       action = 25
	savepoints   action = 32 // operation, name
)

// rollbackTo is the operation of ROLLBACK TO a savepoint.
const rollbackTo = "ROLLBACK"

// pragmas are those that a function may use: they read, or what they set is stored
// in the transaction or ends with it, or nothing (foreign_keys). Others change the
// connection, however the transaction ends. An authorizer cannot tell one that
// only asks from one that sets the empty string.
var pragmas = map[string]bool{
	"application_id": true, "collation_list": true, "compile_options": true, "data_version": true, "database_list": true,
	"defer_foreign_keys": true, "foreign_key_check": true, "foreign_key_list": true, "foreign_keys": true, "freelist_count": true,
	"function_list": true, "index_info": true, "index_list": true, "index_xinfo": true, "integrity_check": true, "module_list": true,
	"page_count": true, "pragma_list": true, "quick_check": true, "table_info": true, "table_list": true, "table_xinfo": true,
	"user_version": true,
}

// guard implements database.Guard by SQLite's authorizer, which is asked when a
// statement is prepared. It stays with the connection and permits everything outside
// of calls: to replace it would cost each statement of the store a new preparation.
// It is used by one goroutine at a time.
type guard struct {
	registered, asked bool
	on                bool   // a call runs
	failed            bool   // only a ROLLBACK TO may follow
	recovers          bool   // one follows
	denied            string // what the statement may not do
}

// Enter implements database.Guard.
func (g *guard) Enter(ctx context.Context, conn *sql.Conn, _ time.Duration) error {
	if !g.registered {
		if err := conn.Raw(func(raw any) error { return authorize(raw, g.permit) }); err != nil {
			return fmt.Errorf("sqlite: %w", err)
		}
		g.registered = true
	}
	g.asked = false
	if _, err := conn.ExecContext(ctx, enterCall); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	if !g.asked {
		return errors.New("sqlite: this build of SQLite has no authorizer, without which OnCommit is unsafe")
	}
	g.on, g.failed, g.recovers, g.denied = true, false, false, ""
	return nil
}

// permit answers SQLite what a statement may do.
func (g *guard) permit(does action, first, second string) bool {
	g.asked = true
	if !g.on {
		return true
	}
	if g.recovers { // the statement before succeeded, in the same text
		g.failed, g.recovers = false, false
	}
	if g.failed {
		g.recovers = does == savepoints && first == rollbackTo
		return g.recovers
	}
	switch {
	case does == transactions:
		g.denied = first
	case does == attach:
		g.denied = "ATTACH"
	case does == detach:
		g.denied = "DETACH"
	case does == savepoints && first != rollbackTo && strings.EqualFold(second, callSavepoint):
		g.denied = "use the savepoint " + callSavepoint
	case does == pragma && !pragmas[strings.ToLower(first)]:
		g.denied = "PRAGMA " + first
	default:
		return true
	}
	return false
}

// Ran implements database.Guard.
func (g *guard) Ran(_ context.Context, _ *sql.Conn, err error) error {
	g.failed = err != nil || g.failed && !g.recovers
	denied := g.denied
	g.recovers, g.denied = false, ""
	if err != nil && denied != "" {
		return fmt.Errorf("sqlite: an OnCommit function cannot %s: %w", denied, err)
	}
	return err
}

// Failed implements database.Guard.
func (g *guard) Failed(*sql.Conn) bool { return g.failed }

// Intact implements database.Guard.
func (g *guard) Intact(conn *sql.Conn) bool {
	open := false
	err := conn.Raw(func(raw any) error {
		open = inTransaction(raw)
		return nil
	})
	return err == nil && open
}

// Leave implements database.Guard.
func (g *guard) Leave(ctx context.Context, conn *sql.Conn, keep bool) error {
	g.on, g.failed = false, false
	if !keep {
		return nil
	}
	if _, err := conn.ExecContext(ctx, leaveCall); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	return nil
}
