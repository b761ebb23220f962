package gormstore

import (
	"context"
	"database/sql"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Timers implements [store.Timers].
func (s *Store) Timers(ctx context.Context, conv store.Conversation, query store.TimerQuery) ([]store.Timer, error) {
	args := []any{conv.PageID, conv.PSID, queue.Micros(query.After.Due), query.After.ID, query.Most()}
	var timers []store.Timer
	err := s.rows(ctx, s.db.Queries.Timers, args, func(rows *sql.Rows) error {
		var row queue.RaisedRow
		err := rows.Scan(&row.ID, &row.RaisedKey, &row.Body, &row.ReceivedAt, &row.RaisedAt)
		timers = append(timers, row.Timer())
		return err
	})
	return timers, err
}
