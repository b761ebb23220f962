package gormstore

import (
	"context"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Dead implements [store.DeadLetters].
func (s *Store) Dead(ctx context.Context, query store.DeadQuery) ([]store.DeadLetter, error) {
	db, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	order := "id"
	if query.Key != "" { // an event has one letter, and the newest are asked for most
		db, order = db.Where("key = ?", query.Key), "id DESC"
	}
	db = db.Where("id > ?", query.After).Order(order).Limit(query.Most())
	if query.PageID != "" {
		db = db.Where("page_id = ?", query.PageID)
	}
	if query.PSID != "" {
		db = db.Where("person_id = ?", query.PSID)
	}
	db = db.Table("messenger_dead").
		Select("id, page_id, person_id, key, event_at, body, echo_of, attempts, failures, only_routes, at, raised_key, raised_at")
	rows, err := list(ctx, s, db, func(r *queue.DeadRow, to []any) []any { return r.Fields(append(to, &r.ID)) })
	if err != nil {
		return nil, err
	}
	var letters []store.DeadLetter
	for _, row := range rows {
		letter, err := row.Letter()
		if err != nil {
			return nil, err
		}
		letters = append(letters, letter)
	}
	return letters, nil
}
