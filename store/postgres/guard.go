package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// guard implements database.Guard. All calls of a transaction share a key, as the
// trigger looks at the rows of all of them.
type guard struct {
	key              string
	lock             []byte // of the key
	transaction      int64
	role, searchPath string
}

func newGuard() *guard {
	key := rand.Text()
	lock := sha256.Sum256([]byte(key))
	return &guard{key: key, lock: lock[:]}
}

// slack is how much later the server's limits apply than those of the store, which say
// what has happened.
const slack = timeout

// Enter implements database.Guard.
func (g *guard) Enter(ctx context.Context, conn *sql.Conn, bound time.Duration) error {
	var ignored string
	return g.run(ctx, conn, []statement{
		{text: beginCall, args: []any{limit(bound + slack)}, scan: func(row pgx.Rows) error {
			return row.Scan(&g.transaction, &g.role, &g.searchPath, &ignored, &ignored, &ignored, &ignored)
		}},
		{text: lockGuard, args: []any{g.lock}},
		{text: enterCall},
	})
}

// Ran implements database.Guard.
func (g *guard) Ran(ctx context.Context, conn *sql.Conn, err error) error {
	if err != nil && statusOf(conn) == 'T' {
		_, _ = conn.ExecContext(ctx, failTransaction)
	}
	return err
}

// Failed implements database.Guard.
func (g *guard) Failed(conn *sql.Conn) bool {
	return statusOf(conn) == 'E'
}

// Intact implements database.Guard.
func (g *guard) Intact(conn *sql.Conn) bool {
	status := statusOf(conn)
	return status != 0 && status != 'I'
}

var errReplaced = errors.New("postgres: an OnCommit function has rolled back the transaction of its turn")

// Leave implements database.Guard. It makes the settings of the transaction again,
// which the function may have changed.
func (g *guard) Leave(ctx context.Context, conn *sql.Conn, keep bool) error {
	if !keep {
		return nil
	}
	var answer, ignored string
	var now, transaction int64
	err := g.run(ctx, conn, []statement{
		{text: leaveCall},
		{text: restoreNames, args: []any{g.role, g.searchPath}, scan: func(row pgx.Rows) error { return row.Scan(&ignored, &ignored) }},
		{text: settings, args: []any{limit(timeout)}, scan: func(row pgx.Rows) error { return row.Scan(&answer, &now) }},
		{text: unlockGuard, args: []any{g.lock, g.key}, scan: func(row pgx.Rows) error { return row.Scan(&transaction, &ignored) }},
	})
	switch {
	case err != nil:
		return err
	case transaction != g.transaction:
		return errReplaced
	}
	return checkSettings(answer)
}

func (g *guard) run(ctx context.Context, conn *sql.Conn, statements []statement) error {
	err := onConn(conn, func(conn *pgx.Conn) error { return run(ctx, conn, statements) })
	if err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	return nil
}
