package gormstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/store/internal/database"
)

// session is the connection that all writes go through, with its prepared
// statements. Only its lane uses it. No statement carries a caller's context:
// the database might then roll back a whole group.
type session struct {
	conn       *sql.Conn
	dialect    database.Dialect
	statements map[string]*sql.Stmt
	sets       map[*set]string
	// holder is what leases carry that are taken on this connection.
	holder int64
	// ctx ends when the transaction must.
	ctx context.Context
}

func newSession(ctx context.Context, db *database.Database) (*session, error) {
	conn, err := db.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &session{
		conn: conn, dialect: db.Dialect, statements: map[string]*sql.Stmt{}, sets: map[*set]string{}, ctx: context.Background(),
	}, nil
}

// within makes a context the one that bounds statements from now on.
func (s *session) within(ctx context.Context) { s.ctx = ctx }

func (s *session) close() {
	for _, stmt := range s.statements {
		_ = stmt.Close()
	}
	_ = s.conn.Close()
}

// discard closes the session and its connection, which would else be used again.
func (s *session) discard() {
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
	s.close()
}

func (s *session) prepare(statement string) (*sql.Stmt, error) {
	if stmt := s.statements[statement]; stmt != nil {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(s.ctx, s.dialect.Bind(statement))
	if err != nil {
		return nil, fmt.Errorf("store: database: %w", err)
	}
	s.statements[statement] = stmt
	return stmt, nil
}

// exec runs a statement and returns how many rows it changed.
func (s *session) exec(statement string, args ...any) (int64, error) {
	var result sql.Result
	var err error
	if s.dialect.Prepares() {
		result, err = s.conn.ExecContext(s.ctx, s.dialect.Bind(statement), args...)
	} else {
		var stmt *sql.Stmt
		if stmt, err = s.prepare(statement); err != nil {
			return 0, err
		}
		result, err = stmt.ExecContext(s.ctx, args...)
	}
	if err != nil {
		return 0, fmt.Errorf("store: database: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("store: database: %w", err)
	}
	return n, nil
}

// row scans the one row that a statement returns. It reports whether there was
// one.
func (s *session) row(dest []any, statement string, args ...any) (bool, error) {
	found := false
	err := s.rows(func(rows *sql.Rows) error {
		found = true
		return rows.Scan(dest...)
	}, statement, args...)
	return found, err
}

// rows calls scan for each row that a statement returns.
func (s *session) rows(scan func(*sql.Rows) error, statement string, args ...any) error {
	rows, err := s.query(statement, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("store: database: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("store: database: %w", err)
	}
	return nil
}

func (s *session) query(statement string, args ...any) (*sql.Rows, error) {
	if s.dialect.Prepares() {
		rows, err := s.conn.QueryContext(s.ctx, s.dialect.Bind(statement), args...)
		if err != nil {
			return nil, fmt.Errorf("store: database: %w", err)
		}
		return rows, nil
	}
	stmt, err := s.prepare(statement)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(s.ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("store: database: %w", err)
	}
	return rows, nil
}

// broken reports whether an error, or the silence after it, means that the
// connection is of no more use.
func (s *session) broken(err error) bool {
	if errors.Is(err, sql.ErrConnDone) || errors.Is(err, errBadConn) || s.ctx.Err() != nil {
		return true
	}
	return s.conn.PingContext(s.ctx) != nil
}
