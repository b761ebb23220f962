package gormstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Blocked implements [store.Viewer].
func (s *Store) Blocked(ctx context.Context, limit int) (blocked []store.Blocked, err error) {
	if limit < 1 {
		_, err := s.begin(ctx)
		return nil, err
	}
	now, err := s.clock(ctx)
	if err != nil {
		return nil, err
	}
	err = s.rows(ctx, s.db.Queries.Blocked, []any{min(limit, store.MaxBlockedList), now}, func(rows *sql.Rows) error {
		var row queue.BlockedRow
		if err := rows.Scan(row.Fields(nil)...); err != nil {
			return err
		}
		b, err := row.Blocked(now)
		blocked = append(blocked, b)
		return err
	})
	return blocked, err
}

// Outbox implements [store.Viewer].
func (s *Store) Outbox(ctx context.Context, conv store.Conversation, limit int) ([]store.QueuedSend, error) {
	db, err := s.begin(ctx)
	if err != nil || limit < 1 {
		return nil, err
	}
	now, err := s.clock(ctx)
	if err != nil {
		return nil, err
	}
	db = db.Table("messenger_outbox").
		Select("id, page_id, person_id, key, group_key, body, delay, not_before, started_at, attempts").
		Where("page_id = ? AND person_id = ?", conv.PageID, conv.PSID).Order("id").Limit(limit)
	rows, err := list(ctx, s, db, func(r *queue.SendRow, to []any) []any { return r.Fields(append(to, &r.ID)) })
	waiting := make([]store.QueuedSend, len(rows))
	for i := range rows {
		waiting[i] = rows[i].Queued(now)
	}
	return waiting, err
}

// SessionsOf implements [store.Viewer].
func (s *Store) SessionsOf(ctx context.Context, conv store.Conversation, after string, limit int) ([]store.Session, error) {
	db, err := s.begin(ctx)
	if err != nil || limit < 1 {
		return nil, err
	}
	now, err := s.clock(ctx)
	if err != nil {
		return nil, err
	}
	db = db.Table("messenger_sessions").Select("page_id, psid, name, data, version, expires").
		Where("page_id = ? AND psid = ? AND name > ? AND (expires = 0 OR expires > ?)", conv.PageID, conv.PSID, after, now).
		Order("name").Limit(limit)
	return list(ctx, s, db, queue.SessionFields)
}

// PlacesOf implements [store.Viewer].
func (s *Store) PlacesOf(ctx context.Context, conv store.Conversation, after string, limit int) ([]store.Place, error) {
	db, err := s.begin(ctx)
	if err != nil || limit < 1 {
		return nil, err
	}
	db = db.Table("messenger_recipients r").Select("b.id, b.key, b.state, r.stage, r.result").
		Joins("JOIN messenger_broadcasts b ON b.id = r.broadcast_id").
		Where("r.page_id = ? AND r.person_id = ? AND r.broadcast_id > ?", conv.PageID, conv.PSID, after).
		Order("r.broadcast_id").Limit(limit)
	return list(ctx, s, db, func(p *store.Place, to []any) []any { return append(to, &p.ID, &p.Key, &p.State, &p.Stage, &p.Result) })
}

// clock is the time by the store's clock, in microseconds.
func (s *Store) clock(ctx context.Context) (int64, error) {
	if now := s.now(); now != 0 {
		return now, nil
	}
	var at time.Time
	at, err := s.Now(ctx)
	return queue.Micros(at), err
}
