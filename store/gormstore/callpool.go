package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store/internal/database"
)

// callPool is the transaction as a user's function sees it, under GORM. The
// transaction cannot be ended through it, and a statement is interrupted by the
// commit timeout alone: an interrupted statement may cost the database the
// transaction, and what follows would be durable at once.
type callPool struct {
	ctx     context.Context
	tx      *sql.Tx
	conn    *sql.Conn
	dialect database.Dialect

	mu sync.Mutex
	// over refuses statements; fault fails the call, whatever it returns.
	over, fault error
}

var _ gorm.Tx = (*callPool)(nil)

var errPrepared = errors.New("gormstore: an OnCommit function cannot use prepared statements")

var errEnds = errors.New("gormstore: an OnCommit function cannot end or begin transactions; return an error to roll back")

func (p *callPool) end(reason error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over == nil {
		p.over = reason
	}
}

func (p *callPool) failed() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

// fail remembers why the call fails, and returns it.
func (p *callPool) fail(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault == nil {
		p.fault = err
	}
	return err
}

// enter checks one statement before it runs.
func (p *callPool) enter(ctx context.Context, query string) error {
	p.mu.Lock()
	over := p.over
	if over == nil {
		over = p.fault
	}
	p.mu.Unlock()
	switch {
	case over != nil:
		return over
	case ctx.Err() != nil:
		return p.fail(ctx.Err())
	case controlsTransaction(query):
		return p.fail(errEnds)
	}
	if err := p.mend(); err != nil {
		return p.fail(err)
	}
	if guard := p.dialect.Guard(); guard != "" {
		if _, err := p.tx.ExecContext(p.ctx, guard); err != nil {
			return p.fail(err)
		}
	}
	return nil
}

func (p *callPool) intact() bool { return p.dialect.Intact(p.conn) }

// mend takes back a statement that failed, where it would make all that follow
// fail. It returns an error if the transaction is lost.
func (p *callPool) mend() error {
	if !p.intact() {
		return errBroken
	}
	if !p.dialect.Failed(p.conn) {
		return nil
	}
	_, err := p.tx.ExecContext(p.ctx, p.dialect.Recover())
	return err
}

// leave looks after an error whether the transaction is still there.
func (p *callPool) leave(err error) error {
	if err != nil && !p.intact() {
		return p.fail(err)
	}
	return err
}

// ExecContext implements gorm.ConnPool.
func (p *callPool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := p.enter(ctx, query); err != nil {
		return nil, err
	}
	result, err := p.tx.ExecContext(p.ctx, query, args...)
	return result, p.leave(err)
}

// QueryContext implements gorm.ConnPool.
func (p *callPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := p.enter(ctx, query); err != nil {
		return nil, err
	}
	rows, err := p.tx.QueryContext(p.ctx, query, args...)
	return rows, p.leave(err)
}

// QueryRowContext implements gorm.ConnPool.
func (p *callPool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if err := p.enter(ctx, query); err != nil {
		ended, cancel := context.WithCancelCause(p.ctx)
		cancel(err)
		return p.tx.QueryRowContext(ended, "SELECT 1")
	}
	row := p.tx.QueryRowContext(p.ctx, query, args...)
	_ = p.leave(row.Err())
	return row
}

// PrepareContext implements gorm.ConnPool.
func (p *callPool) PrepareContext(context.Context, string) (*sql.Stmt, error) {
	return nil, p.fail(errPrepared)
}

// StmtContext implements gorm.Tx, where GORM asks for statements that were
// prepared on another connection.
func (p *callPool) StmtContext(_ context.Context, stmt *sql.Stmt) *sql.Stmt {
	ended, cancel := context.WithCancelCause(p.ctx)
	cancel(p.fail(errPrepared))
	return p.tx.StmtContext(ended, stmt)
}

// Commit implements gorm.TxCommitter, which makes GORM nest transactions with
// savepoints.
func (p *callPool) Commit() error { return p.fail(errEnds) }

// Rollback implements gorm.TxCommitter.
func (p *callPool) Rollback() error { return p.fail(errEnds) }

// controlsTransaction reports whether one of a query's statements begins or
// ends a transaction. Savepoints do neither.
func controlsTransaction(query string) bool {
	for rest := query; rest != ""; {
		words, after := statement(rest)
		rest = after
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "BEGIN", "START", "COMMIT", "END", "ABORT":
			return true
		case "PREPARE":
			if len(words) > 1 && words[1] == "TRANSACTION" {
				return true
			}
		case "ROLLBACK":
			if len(words) == 1 || words[1] != "TO" && (len(words) == 2 || words[2] != "TO") {
				return true
			}
		}
	}
	return false
}

// statement returns the first three words of a query's first statement, in
// capitals and without what is quoted, and what follows the statement.
func statement(query string) (words []string, rest string) {
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 && len(words) < 3 {
			words = append(words, strings.ToUpper(word.String()))
		}
		word.Reset()
	}
	for i := 0; i < len(query); i++ {
		c := query[i]
		switch {
		case c == ';':
			flush()
			return words, query[i+1:]
		case strings.HasPrefix(query[i:], "--"):
			flush()
			i = skip(query, i+2, "\n")
		case strings.HasPrefix(query[i:], "/*"):
			flush()
			i = skip(query, i+2, "*/")
		case c == '\'' || c == '"' || c == '`':
			flush()
			i = skip(query, i+1, string(c))
		case c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z':
			word.WriteByte(c)
		default:
			flush()
		}
	}
	flush()
	return words, ""
}

// skip returns where what ends with end is over.
func skip(query string, from int, end string) int {
	if from > len(query) {
		return len(query)
	}
	n := strings.Index(query[from:], end)
	if n < 0 {
		return len(query)
	}
	return from + n + len(end) - 1
}
