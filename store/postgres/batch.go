package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// statement is one of several that travel to the server together.
type statement struct {
	text string
	args []any
	// scan, if not nil, is called for each row of the answer, and changed with the number of rows that were changed.
	scan    func(pgx.Rows) error
	changed func(n int64) error
}

// run runs statements one after the other, up to the first that fails. All of them travel to the server before the first
// answer comes back. A COMMIT that took no effect is one that fails.
func run(ctx context.Context, conn *pgx.Conn, statements []statement) error {
	batch := &pgx.Batch{}
	for i := range statements {
		batch.Queue(statements[i].text, statements[i].args...)
	}
	results := conn.SendBatch(ctx, batch)
	for i := range statements {
		if err := statements[i].answer(results); err != nil {
			_ = results.Close() // its error is a consequence of this one
			return err
		}
	}
	return results.Close()
}

// answer reads the answer to a statement.
func (s *statement) answer(results pgx.BatchResults) error {
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for s.scan != nil && rows.Next() {
		if err := s.scan(rows); err != nil {
			return err
		}
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return err
	}
	tag := rows.CommandTag()
	if s.text == commit && tag.String() != "COMMIT" {
		return pgx.ErrTxCommitRollback
	}
	if s.changed != nil {
		return s.changed(tag.RowsAffected())
	}
	return nil
}

// refused reports that the server said that a statement failed. A server that ends the connection may have committed before.
func refused(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err) // Severity is in the server's language
	return ok && pg.SeverityUnlocalized == "ERROR" || errors.Is(err, pgx.ErrTxCommitRollback)
}

// blockedError is an error of a transaction that waited too long for the lock of the settings, which a migration holds.
type blockedError struct{ error }

func (e *blockedError) Unwrap() error { return e.error }

// blocked reports that a transaction failed because a migration keeps all transactions out.
func blocked(err error) bool {
	_, ok := errors.AsType[*blockedError](err)
	return ok
}

// lockTimeout reports that a statement waited too long for a lock.
func lockTimeout(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Code == "55P03"
}

// again reports that a transaction failed before it had done anything, or because of what others did meanwhile: deadlocks,
// which only a user's own statements can make, and serialization failures.
func again(err error) bool {
	if _, ok := errors.AsType[*beginError](err); ok {
		return true
	}
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "40P01" || pg.Code == "40001")
}

// beginError is an error of the connection on which a transaction was to begin: another connection may do.
type beginError struct{ error }

func (e *beginError) Unwrap() error { return e.error }
