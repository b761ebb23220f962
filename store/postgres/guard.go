package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/store/internal/database"
)

// guardTables make the table and the trigger that refuse a COMMIT. The trigger runs
// at COMMIT, and at SET CONSTRAINTS ALL IMMEDIATE, for each row that was inserted in
// the transaction, also if the row was deleted since. A row holds the digest of a key
// that only the store knows, and that it makes a setting of the transaction before it
// commits. No row is ever committed, so that the table needs no log.
var guardTables = []string{
	`CREATE UNLOGGED TABLE messenger_guard (lock BYTEA NOT NULL PRIMARY KEY)`,
	`CREATE FUNCTION messenger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF sha256(convert_to(current_setting('messenger.guard', TRUE), 'UTF8')) IS DISTINCT FROM NEW.lock THEN
				RAISE EXCEPTION 'an OnCommit function cannot end the transaction of its turn' USING ERRCODE = 'invalid_transaction_termination';
			END IF;
			RETURN NULL;
		END
	$$`,
	`CREATE CONSTRAINT TRIGGER messenger_guard AFTER INSERT ON messenger_guard DEFERRABLE INITIALLY DEFERRED
		FOR EACH ROW EXECUTE FUNCTION messenger_guard()`,
}

// The statements of a guard.
const (
	// beginCall takes away the key that the call before has left, sets the server's
	// limits, and reads what restoreNames needs.
	beginCall = `SELECT txid_current(), current_setting('role'), current_setting('search_path'), set_config('messenger.guard', '', TRUE),
		set_config('statement_timeout', $1, TRUE), set_config('idle_in_transaction_session_timeout', $1, TRUE),
		set_config('lock_timeout', $1, TRUE)`
	// lockGuard is before the savepoint, so that no function can roll it back.
	lockGuard = `INSERT INTO messenger_guard (lock) VALUES ($1)`
	enterCall = `SAVEPOINT messenger_call`

	// leaveCall takes the savepoints along that the function has left.
	leaveCall = `RELEASE SAVEPOINT messenger_call`
	// restoreNames restores what a function may have set for the session.
	restoreNames = `SELECT set_config('role', $1, FALSE), set_config('search_path', $2, FALSE)`
	unlockGuard  = `DELETE FROM messenger_guard WHERE lock = $1
		RETURNING txid_current(), set_config('messenger.guard', $2, TRUE)`

	// failTransaction makes the transaction refuse what follows, where a statement has
	// failed before it reached the server.
	failTransaction = `DO $$ BEGIN RAISE EXCEPTION 'a statement of an OnCommit function failed before it reached the server'; END $$`
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
func (g *guard) Enter(ctx context.Context, conn *sql.Conn, limit time.Duration) error {
	var ignored string
	return g.run(ctx, conn, []*database.Statement{
		{Text: beginCall, Args: []any{fmt.Sprint((limit + slack).Milliseconds())}, Scan: func(row database.Row) error {
			return row.Scan(&g.transaction, &g.role, &g.searchPath, &ignored, &ignored, &ignored, &ignored)
		}},
		{Text: lockGuard, Args: []any{g.lock}},
		{Text: enterCall},
	})
}

// Ran implements database.Guard.
func (g *guard) Ran(ctx context.Context, conn *sql.Conn, err error) error {
	if status, open := status(conn); err != nil && open && status == 'T' {
		_, _ = conn.ExecContext(ctx, failTransaction)
	}
	return err
}

// Failed implements database.Guard.
func (g *guard) Failed(conn *sql.Conn) bool {
	status, open := status(conn)
	return open && status == 'E'
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
	err := g.run(ctx, conn, []*database.Statement{
		{Text: leaveCall},
		{Text: restoreNames, Args: []any{g.role, g.searchPath}, Scan: func(row database.Row) error { return row.Scan(&ignored, &ignored) }},
		{Text: settings, Scan: func(row database.Row) error { return row.Scan(&answer, &now) }},
		{Text: unlockGuard, Args: []any{g.lock, g.key}, Scan: func(row database.Row) error { return row.Scan(&transaction, &ignored) }},
	})
	switch {
	case err != nil:
		return err
	case transaction != g.transaction:
		return errReplaced
	}
	return dialect{}.Check(answer)
}

func (g *guard) run(ctx context.Context, conn *sql.Conn, statements []*database.Statement) error {
	if err := (dialect{}).Batch(ctx, conn, statements); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	return nil
}
