package gormstore

import (
	"context"
	"database/sql"
	"sync"
)

// lookup is a read of one row that most turns make: it is prepared once, where the driver does not see to that.
type lookup struct {
	pool     *sql.DB
	query    string
	prepares bool

	mu       sync.Mutex
	prepared *sql.Stmt
}

func (l *lookup) scan(ctx context.Context, dest []any, args ...any) error {
	if !l.prepares {
		return l.pool.QueryRowContext(ctx, l.query, args...).Scan(dest...)
	}
	if err := l.prepare(ctx); err != nil {
		return err
	}
	return l.prepared.QueryRowContext(ctx, args...).Scan(dest...)
}

func (l *lookup) prepare(ctx context.Context) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.prepared == nil {
		l.prepared, err = l.pool.PrepareContext(ctx, l.query)
	}
	return err
}

// close releases the statement, before its pool is closed.
func (l *lookup) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.prepared == nil {
		return nil
	}
	return l.prepared.Close()
}
