package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/djmessenger/messenger/store/internal/database"
)

// Batch implements database.Dialect: all statements travel before the first answer
// comes back.
func (dialect) Batch(ctx context.Context, conn *sql.Conn, statements []*database.Statement) error {
	return conn.Raw(func(raw any) error {
		c, ok := raw.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("a connection is a %T", raw)
		}
		batch := &pgx.Batch{}
		for _, s := range statements {
			batch.Queue(s.Text, s.Args...)
		}
		results := c.Conn().SendBatch(ctx, batch)
		for _, s := range statements {
			if err := take(results, s); err != nil {
				_ = results.Close() // what it says is what followed from this
				return err
			}
		}
		return results.Close()
	})
}

// take takes the answer to one statement.
func take(results pgx.BatchResults, s *database.Statement) error {
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if s.Scan == nil {
			continue
		}
		if err := s.Scan(rows); err != nil {
			return err
		}
	}
	rows.Close()
	tag := rows.CommandTag()
	if s.Then != nil && rows.Err() == nil {
		s.Then(tag.RowsAffected())
	}
	if s.Text == "COMMIT" && rows.Err() == nil && tag.String() != "COMMIT" {
		return pgx.ErrTxCommitRollback
	}
	return rows.Err()
}

// Refused implements database.Dialect. A server that ends the connection may have
// committed before.
func (dialect) Refused(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Severity == "ERROR" || errors.Is(err, pgx.ErrTxCommitRollback)
}
