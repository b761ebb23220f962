package gormstore

import (
	"context"
	"database/sql"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Peek implements [store.Peeker].
func (s *Store) Peek(ctx context.Context, conv store.Conversation, limit int) ([]store.QueuedEvent, error) {
	var waiting []store.QueuedEvent
	err := s.rows(ctx, s.db.Queries.Peek, []any{conv.PageID, conv.PSID, max(limit, 0)}, func(rows *sql.Rows) error {
		ev := store.QueuedEvent{Event: store.Event{Conversation: conv}}
		var at, received int64
		err := rows.Scan(&ev.Seq, &ev.Key, &at, &ev.Body, &received)
		ev.Time, ev.ReceivedAt = queue.Time(at), queue.Time(received)
		waiting = append(waiting, ev)
		return err
	})
	return waiting, err
}
