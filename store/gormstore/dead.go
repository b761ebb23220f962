package gormstore

import (
	"context"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// deadRow is a dead letter.
type deadRow struct {
	ID         int64
	PageID     string
	PersonID   string
	Key        string
	EventAt    int64
	Body       []byte
	EchoOf     string
	Attempts   int64
	Failures   string
	OnlyRoutes string
	At         int64
}

func (deadRow) TableName() string { return "messenger_dead" }

func (r *deadRow) letter() (store.DeadLetter, error) {
	row := queue.DeadRow{
		EventRow: queue.EventRow{
			Conversation: store.Conversation{PageID: r.PageID, PSID: r.PersonID}, Key: r.Key, EventAt: r.EventAt, Body: r.Body,
			EchoOf: r.EchoOf, Attempts: r.Attempts, Only: r.OnlyRoutes,
		},
		ID: r.ID, Failures: r.Failures, At: r.At,
	}
	return row.Letter()
}

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
	var found []deadRow
	if err := db.Find(&found).Error; err != nil {
		return nil, s.failed(ctx, err)
	}
	var letters []store.DeadLetter
	for _, row := range found {
		letter, err := row.letter()
		if err != nil {
			return nil, err
		}
		letters = append(letters, letter)
	}
	return letters, nil
}
