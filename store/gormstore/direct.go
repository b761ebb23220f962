package gormstore

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/djmessenger/messenger/store/internal/database"
)

// Where a statement costs no round trip, what package database/sql does around it
// costs as much as the statement. So those of the connection that writes go to the
// driver directly.

// prepared is a statement of the driver.
type prepared struct {
	driver.Stmt
	values []driver.Value // of the row that was read last
}

// direct runs a statement, calls scan, if not nil, for each row that it returns,
// and returns how many rows it has changed otherwise.
func (s *session) direct(scan func(database.Row) error, statement string, args []any) (changed int64, err error) {
	err = s.conn.Raw(func(raw any) error {
		p, err := s.prepare(raw, statement)
		if err != nil {
			return err
		}
		if scan != nil {
			return p.query(s, scan, args)
		}
		exec, ok := p.Stmt.(driver.StmtExecContext)
		if !ok {
			return errDriver
		}
		result, err := exec.ExecContext(s.ctx, s.named(args))
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store: database: %w", err)
	}
	return changed, nil
}

var errDriver = errors.New("the driver lacks a feature that the store needs")

func (s *session) prepare(raw any, statement string) (*prepared, error) {
	if p := s.statements[statement]; p != nil {
		return p, nil
	}
	conn, ok := raw.(driver.ConnPrepareContext)
	if !ok {
		return nil, errDriver
	}
	stmt, err := conn.PrepareContext(s.ctx, s.dialect.Bind(statement))
	if err != nil {
		return nil, err
	}
	p := &prepared{Stmt: stmt}
	s.statements[statement] = p
	return p, nil
}

// unprepare closes the statements, without which their connection does not end.
func (s *session) unprepare() {
	_ = s.conn.Raw(func(any) error {
		for _, p := range s.statements {
			_ = p.Close()
		}
		return nil
	})
	clear(s.statements)
}

func (p *prepared) query(s *session, scan func(database.Row) error, args []any) (err error) {
	query, ok := p.Stmt.(driver.StmtQueryContext)
	if !ok {
		return errDriver
	}
	rows, err := query.QueryContext(s.ctx, s.named(args))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if p.values == nil {
		p.values = make([]driver.Value, len(rows.Columns()))
	}
	for {
		switch err := rows.Next(p.values); {
		case err == io.EOF: //nolint:errorlint // a driver returns it as it is
			return nil
		case err != nil:
			return err
		}
		if err := scan(p); err != nil {
			return err
		}
	}
}

// named are arguments as the driver takes them. They are good until the next.
func (s *session) named(args []any) []driver.NamedValue {
	s.args = s.args[:0]
	for i, arg := range args {
		if n, ok := arg.(int); ok {
			arg = int64(n)
		}
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return s.args
}

// Scan implements database.Row for the types that the store keeps.
func (p *prepared) Scan(dest ...any) error {
	for i, d := range dest {
		if err := assign(d, p.values[i]); err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
	}
	return nil
}

func assign(dest any, value driver.Value) error {
	switch v := value.(type) {
	case int64:
		switch d := dest.(type) {
		case *int64:
			*d = v
			return nil
		case *int:
			*d = int(v)
			return nil
		case *bool: // SQLite has no type of its own for these
			*d = v != 0
			return nil
		}
	case string:
		if d, ok := dest.(*string); ok {
			*d = v
			return nil
		}
	case []byte:
		if d, ok := dest.(*[]byte); ok {
			*d = bytes.Clone(v)
			return nil
		}
	case bool:
		if d, ok := dest.(*bool); ok {
			*d = v
			return nil
		}
	case float64:
		if d, ok := dest.(**float64); ok {
			*d = &v
			return nil
		}
	case nil:
		switch d := dest.(type) {
		case *[]byte:
			*d = nil
			return nil
		case **float64:
			*d = nil
			return nil
		}
	}
	if d, ok := dest.(sql.Scanner); ok {
		return d.Scan(value)
	}
	return fmt.Errorf("a %T cannot be kept in a %T", value, dest)
}
