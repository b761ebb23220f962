package gormstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/djmessenger/messenger/store/internal/database"
)

// sqlSnapshot is a transaction that only reads, on a connection of the pool.
type sqlSnapshot struct {
	conn    *sql.Conn
	queries *database.Queries
	open    bool
	broken  bool
}

// openSnapshots returns a function that opens snapshots.
func openSnapshots(pool *sql.DB, queries *database.Queries) func(context.Context) (snapshot, error) {
	return func(ctx context.Context) (snapshot, error) {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return nil, fmt.Errorf("store: database: %w", err)
		}
		return &sqlSnapshot{conn: conn, queries: queries}, nil
	}
}

// take implements snapshot. What the transaction sees is decided when it first reads.
func (s *sqlSnapshot) take(ctx context.Context) error {
	if s.open {
		if err := s.exec(ctx, s.queries.EndSnapshot); err != nil {
			return err
		}
	}
	if err := s.exec(ctx, s.queries.Snapshot); err != nil {
		return err
	}
	s.open = true
	var version int
	return s.failed(s.conn.QueryRowContext(ctx, s.queries.Version).Scan(&version))
}

// count implements snapshot.
func (s *sqlSnapshot) count(ctx context.Context) (map[string]int, error) {
	pages := map[string]int{}
	err := eachRow(ctx, s.conn, s.queries.Backlog, nil, func(rows *sql.Rows) error {
		var pageID string
		var n int
		err := rows.Scan(&pageID, &n)
		pages[pageID] = n
		return err
	})
	if err == nil {
		err = s.exec(ctx, s.queries.EndSnapshot)
		s.open = err != nil
		return pages, err
	}
	return nil, s.failed(err)
}

// close gives the connection back to the pool, or closes it if a transaction may be open on it.
func (s *sqlSnapshot) close() {
	if s.open || s.broken {
		_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	_ = s.conn.Close()
}

func (s *sqlSnapshot) exec(ctx context.Context, statement string) error {
	_, err := s.conn.ExecContext(ctx, statement)
	return s.failed(err)
}

func (s *sqlSnapshot) failed(err error) error {
	if err == nil {
		return nil
	}
	s.broken = true
	return fmt.Errorf("store: database: %w", err)
}
