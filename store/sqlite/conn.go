package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// conn implements database.Conn. Its statements go to the driver directly: what package database/sql does around a
// statement costs as much as the statement. The connection belongs to nothing else until it is closed, and one goroutine
// uses it.
type conn struct {
	*writer
	sql        *sql.Conn
	raw        driver.Conn
	statements map[string]*prepared
	// guard keeps users' functions in their transaction.
	guard *guard
	// lost is set if a transaction could not be ended.
	lost   bool
	args   []driver.NamedValue // of the statement that runs
	list   []any               // room for the fields of a row
	people people
}

// prepared is a statement of the driver.
type prepared struct {
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.Stmt
	row row
}

var errDriver = errors.New("sqlite: the driver lacks a feature that the store needs")

// prepare prepares a statement once.
func (c *conn) prepare(text string) (*prepared, error) {
	if p := c.statements[text]; p != nil {
		return p, nil
	}
	preparer, ok := c.raw.(driver.ConnPrepareContext)
	if !ok {
		return nil, errDriver
	}
	stmt, err := preparer.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, failed(err)
	}
	p := &prepared{Stmt: stmt}
	var execs, queries bool
	p.StmtExecContext, execs = stmt.(driver.StmtExecContext)
	p.StmtQueryContext, queries = stmt.(driver.StmtQueryContext)
	if !execs || !queries {
		return nil, errors.Join(errDriver, stmt.Close())
	}
	c.statements[text] = p
	return p, nil
}

// exec runs a statement. It is a query without rows, for which the driver binds all arguments and steps in one call into C; its own
// Exec makes a call for each argument, and copies it.
func (c *conn) exec(text string, args ...any) error { return c.query(noRows, text, args...) }

func noRows(*row) {}

// change runs a statement and returns how many rows it has changed.
func (c *conn) change(text string, args ...any) (changed int64, err error) {
	p, err := c.prepare(text)
	if err != nil {
		return 0, err
	}
	result, err := p.ExecContext(context.Background(), c.named(args))
	if err == nil {
		changed, err = result.RowsAffected()
	}
	return changed, failed(err)
}

// query runs a statement and calls scan with each row that it returns. The row is valid until scan returns. No statement has a caller's
// context: SQLite might roll back a whole group when it ends.
func (c *conn) query(scan func(*row), text string, args ...any) error {
	p, err := c.prepare(text)
	if err != nil {
		return err
	}
	return failed(p.query(scan, c.named(args)))
}

func failed(err error) error {
	if err != nil {
		return fmt.Errorf("store: database: %w", err)
	}
	return nil
}

func (p *prepared) query(scan func(*row), args []driver.NamedValue) (err error) {
	rows, err := p.QueryContext(context.Background(), args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if p.row.values == nil {
		p.row.values = make([]driver.Value, len(rows.Columns()))
	}
	for {
		switch err := rows.Next(p.row.values); {
		case err == io.EOF: //nolint:errorlint // a driver returns it as it is
			return nil
		case err != nil:
			return err
		}
		p.row.err = nil
		if scan(&p.row); p.row.err != nil {
			return p.row.err
		}
	}
}

// Usable implements database.Conn.
func (c *conn) Usable(ctx context.Context, err error) bool {
	return !c.lost && !errors.Is(err, sql.ErrConnDone) && !errors.Is(err, driver.ErrBadConn) && c.sql.PingContext(ctx) == nil
}

// Close implements database.Conn.
func (c *conn) Close() {
	c.unprepare()
	_ = c.sql.Close()
}

// Discard implements database.Conn.
func (c *conn) Discard() {
	c.unprepare()
	_ = c.sql.Raw(func(any) error { return driver.ErrBadConn })
	_ = c.sql.Close()
}

// unprepare closes the statements, without which their connection does not end.
func (c *conn) unprepare() {
	for _, p := range c.statements {
		_ = p.Close()
	}
	clear(c.statements)
}
