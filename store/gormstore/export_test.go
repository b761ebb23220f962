package gormstore

import (
	"context"
	"errors"
	"slices"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store/internal/database"
)

// WithSteps adds migrations to today's, as those of a later version.
func WithSteps(steps ...[]string) Option {
	return func(c *config) {
		c.steps = func(today [][]string) [][]string { return append(slices.Clip(today), steps...) }
	}
}

// ErrMigrated is returned by Open with WithVersion.
var ErrMigrated = errors.New("the tables were made")

// WithVersion makes the tables of an older version, and then makes Open fail with ErrMigrated.
func WithVersion(version int) Option {
	return func(c *config) {
		c.steps = func(today [][]string) [][]string { return today[:version] }
		c.migrated = ErrMigrated
	}
}

// Versions are those of today's tables, by kind of database.
var Versions = map[string]int{"SQLite": 9, "PostgreSQL": 9}

// Recount makes the next transaction of a store begin a count of the backlog.
func Recount(s *Store) { s.writer.backlog.doubt() }

// Recounting reports whether a count of the backlog runs.
func Recounting(s *Store) bool {
	s.writer.backlog.mu.Lock()
	defer s.writer.backlog.mu.Unlock()
	return s.writer.backlog.done != nil
}

// Waiting is how many events of a page wait, as far as a store knows.
func Waiting(s *Store, pageID string) int { return s.writer.backlog.waiting(pageID) }

// WatchClaims calls seen with the query of each claim from now on. Nothing may be under way.
func WatchClaims(s *Store, seen func(*queue.DueQuery)) {
	for _, lane := range s.writer.lanes {
		lane.conn = watchedConn{lane.conn, seen}
	}
}

type watchedConn struct {
	database.Conn
	seen func(*queue.DueQuery)
}

func (c watchedConn) Begin(ctx context.Context, options database.BeginOptions) (queue.Tx, error) {
	tx, err := c.Conn.Begin(ctx, options)
	return watchedTx{tx, c.seen}, err
}

type watchedTx struct {
	queue.Tx
	seen func(*queue.DueQuery)
}

func (tx watchedTx) Due(query *queue.DueQuery) ([]queue.DueRow, error) {
	tx.seen(query)
	return tx.Tx.Due(query)
}
