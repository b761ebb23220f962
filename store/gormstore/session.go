package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store/internal/database"
)

// session is the connection that all writes go through, with its prepared
// statements. Only the writer uses it. No statement carries a context that can
// be cancelled: the database might then roll back a whole group.
type session struct {
	conn       *sql.Conn
	dialect    database.Dialect
	statements map[string]*sql.Stmt
	// models runs GORM on the connection.
	models *gorm.DB
}

func newSession(db *database.Database) (*session, error) {
	conn, err := db.Connect(context.Background())
	if err != nil {
		return nil, err
	}
	models := db.Pool.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true, Context: context.Background()})
	models.Statement.ConnPool = conn
	return &session{conn: conn, dialect: db.Dialect, statements: map[string]*sql.Stmt{}, models: models}, nil
}

func (s *session) close() {
	for _, stmt := range s.statements {
		_ = stmt.Close()
	}
	_ = s.conn.Close()
}

func (s *session) prepare(statement string) (*sql.Stmt, error) {
	if stmt := s.statements[statement]; stmt != nil {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(context.Background(), s.dialect.Bind(statement))
	if err != nil {
		return nil, fmt.Errorf("store: database: %w", err)
	}
	s.statements[statement] = stmt
	return stmt, nil
}

// exec runs a statement and returns how many rows it changed.
func (s *session) exec(statement string, args ...any) (int64, error) {
	stmt, err := s.prepare(statement)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(context.Background(), args...)
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
	stmt, err := s.prepare(statement)
	if err != nil {
		return false, err
	}
	err = stmt.QueryRowContext(context.Background(), args...).Scan(dest...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("store: database: %w", err)
	}
	return true, nil
}

// rows calls scan for each row that a statement returns.
func (s *session) rows(scan func(*sql.Rows) error, statement string, args ...any) error {
	stmt, err := s.prepare(statement)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(context.Background(), args...)
	if err != nil {
		return fmt.Errorf("store: database: %w", err)
	}
	return scanAll(rows, scan)
}

func scanAll(rows *sql.Rows, scan func(*sql.Rows) error) error {
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
