package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"sync"

	"gorm.io/gorm"
)

// callPool is the transaction as a user's function sees it, under GORM. A statement is
// interrupted by the commit timeout alone: an interrupted statement may cost the
// database the transaction.
type callPool struct {
	ctx   context.Context
	conn  *sql.Conn
	guard Guard

	mu sync.Mutex // is held while a statement runs
	// over refuses statements.
	over error
	// failure is that of the first statement that failed since the function has rolled
	// back to a savepoint.
	failure error
	// fault fails the call, whatever the function returns.
	fault error
	// rows may not have been read to their end.
	rows []*sql.Rows
}

var _ gorm.Tx = (*callPool)(nil)

var (
	errRolledBack = errors.New("gormstore: the transaction of the turn was rolled back")
	errIgnored    = errors.New("gormstore: a statement failed outside of a nested transaction")
	errReturned   = errors.New("gormstore: the OnCommit function of this transaction has ended")
	errPrepared   = errors.New("gormstore: an OnCommit function cannot use prepared statements")
	errEnds       = errors.New("gormstore: an OnCommit function cannot end its transaction; return an error to roll back")
)

// end waits for a statement that runs, closes what the function has left open, and
// makes every later statement fail. It returns what fails the call.
func (p *callPool) end() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = errReturned
	for _, rows := range p.rows {
		_ = rows.Close()
	}
	p.collect()
	switch {
	case p.fault != nil:
		return p.fault
	case !p.guard.Intact(p.conn):
		return p.broken()
	case p.guard.Failed(p.conn):
		return fmt.Errorf("%w: %w", errIgnored, p.failure)
	}
	return nil
}

// broken is the error of a transaction that has ended.
func (p *callPool) broken() error {
	if p.failure != nil {
		return fmt.Errorf("%w: %w", errRolledBack, p.failure)
	}
	return errRolledBack
}

// fail remembers why the call fails, and returns it.
func (p *callPool) fail(err error) error {
	if p.fault == nil {
		p.fault = err
	}
	return p.fault
}

// begin checks whether a statement may run. It is called with the lock held.
func (p *callPool) begin(ctx context.Context) error {
	switch {
	case p.over != nil:
		return p.over
	case p.fault != nil:
		return p.fault
	case ctx.Err() != nil:
		return p.fail(ctx.Err())
	}
	p.collect()
	if !p.guard.Intact(p.conn) {
		return p.fail(p.broken())
	}
	return nil
}

// ran is called when a statement has run, with its error. It returns what the function
// gets to see.
func (p *callPool) ran(err error) error {
	before := p.failure
	err = p.guard.Ran(p.ctx, p.conn, err)
	failed := p.guard.Failed(p.conn)
	switch {
	case err == nil:
		if !failed && p.guard.Intact(p.conn) {
			p.failure = nil
		}
		return nil
	case before != nil:
		return fmt.Errorf("%w, and no other can run: %w", errIgnored, before)
	case !failed && p.guard.Intact(p.conn):
		return p.fail(err) // the transaction would go on
	default:
		p.failure = err
	}
	return err
}

// collect notes the errors that rows had while they were read, and forgets those that
// are closed.
func (p *callPool) collect() {
	p.rows = slices.DeleteFunc(p.rows, func(rows *sql.Rows) bool {
		if err := rows.Err(); err != nil {
			_ = p.ran(err)
		}
		_, err := rows.Columns()
		return err != nil
	})
}

// ExecContext implements gorm.ConnPool.
func (p *callPool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.begin(ctx); err != nil {
		return nil, err
	}
	result, err := p.conn.ExecContext(p.ctx, query, args...)
	return result, p.ran(err)
}

// QueryContext implements gorm.ConnPool.
func (p *callPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.begin(ctx); err != nil {
		return nil, err
	}
	rows, err := p.conn.QueryContext(p.ctx, query, args...) //nolint:sqlclosecheck // the function closes them, or end
	if err == nil {
		p.rows = append(p.rows, rows)
	}
	return rows, p.ran(err)
}

// QueryRowContext implements gorm.ConnPool.
func (p *callPool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.begin(ctx); err != nil {
		return refusedRow(err)
	}
	row := p.conn.QueryRowContext(p.ctx, query, args...)
	if err := p.ran(row.Err()); err != nil {
		return refusedRow(err)
	}
	return row
}

// PrepareContext implements gorm.ConnPool.
func (p *callPool) PrepareContext(context.Context, string) (*sql.Stmt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return nil, p.fail(errPrepared)
}

// StmtContext implements gorm.Tx, where GORM asks for statements that were
// prepared on another connection.
func (p *callPool) StmtContext(_ context.Context, stmt *sql.Stmt) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.fail(errPrepared)
	ended, cancel := context.WithCancel(p.ctx)
	cancel()
	return new(sql.Tx).StmtContext(ended, stmt)
}

// Commit implements gorm.TxCommitter, which makes GORM nest transactions with
// savepoints.
func (p *callPool) Commit() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fail(errEnds)
}

// Rollback implements gorm.TxCommitter.
func (p *callPool) Rollback() error { return p.Commit() }

// refusedRow returns a row that could not be asked for.
func refusedRow(err error) *sql.Row {
	db := sql.OpenDB(refusal{err})
	defer func() { _ = db.Close() }()
	return db.QueryRowContext(context.Background(), "")
}

// refusal refuses connections with an error.
type refusal struct{ err error }

func (r refusal) Connect(context.Context) (driver.Conn, error) { return nil, r.err }
func (r refusal) Driver() driver.Driver                        { return nil }

// Unprepared makes sessions that prepare their statements use a function's transaction
// as others do. GORM keeps what it has prepared for other transactions, and shares it
// with all sessions of the database.
func Unprepared(db *gorm.DB) error {
	use := func(db *gorm.DB) {
		if prepares, ok := db.Statement.ConnPool.(*gorm.PreparedStmtTX); ok {
			if pool, ok := prepares.Tx.(*callPool); ok {
				db.Statement.ConnPool = pool
			}
		}
	}
	const name = "messenger:unprepared"
	c := db.Callback()
	return errors.Join(
		c.Create().Before("*").Register(name, use), c.Query().Before("*").Register(name, use), c.Update().Before("*").Register(name, use),
		c.Delete().Before("*").Register(name, use), c.Row().Before("*").Register(name, use), c.Raw().Before("*").Register(name, use))
}
