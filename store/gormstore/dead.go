package gormstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/store"
)

type deadRow struct {
	ID         int64
	PageID     string
	PersonID   string
	Key        string
	EventAt    int64
	Body       []byte
	EchoOf     string `gorm:"column:confirms"`
	Attempts   int
	Failures   string
	OnlyRoutes string
	At         int64
}

func (deadRow) TableName() string { return "messenger_dead" }

func (r *deadRow) letter() (store.DeadLetter, error) {
	l := store.DeadLetter{
		ID: r.ID,
		Event: store.Event{
			Conversation: store.Conversation{PageID: r.PageID, PersonID: r.PersonID},
			Key:          r.Key, Time: fromMicros(r.EventAt), Body: r.Body, EchoOf: r.EchoOf,
		},
		Attempts: r.Attempts, At: fromMicros(r.At),
	}
	if err := json.Unmarshal([]byte(r.Failures), &l.Failures); err != nil {
		return l, fmt.Errorf("store: dead letter %d: %w", r.ID, err)
	}
	return l, nil
}

// Dead implements [store.DeadLetters].
func (s *Store) Dead(ctx context.Context, query store.DeadQuery) ([]store.DeadLetter, error) {
	db, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	if query.Limit <= 0 || query.Limit > 1000 {
		query.Limit = 1000
	}
	order := "id"
	if query.Key != "" { // an event has one letter, and the newest are asked for most
		db, order = db.Where("key = ?", query.Key), "id DESC"
	}
	db = db.Where("id > ?", query.After).Order(order).Limit(query.Limit)
	if query.PageID != "" {
		db = db.Where("page_id = ?", query.PageID)
	}
	var found []deadRow
	if err := db.Find(&found).Error; err != nil {
		return nil, s.readError(ctx, err)
	}
	var letters []store.DeadLetter
	for _, row := range found {
		l, err := row.letter()
		if err != nil {
			return nil, err
		}
		letters = append(letters, l)
	}
	return letters, nil
}

// Replay implements [store.DeadLetters].
func (s *Store) Replay(ctx context.Context, id int64) error {
	return s.do(ctx, func(t *txn) error {
		if err := t.lockLetter(id); err != nil {
			return err
		}
		r := deadRow{ID: id}
		found, err := t.row([]any{&r.PageID, &r.PersonID, &r.Key, &r.EventAt, &r.Body, &r.EchoOf, &r.Failures, &r.OnlyRoutes},
			"DELETE FROM messenger_dead WHERE id = ? RETURNING page_id, person_id, key, event_at, body, confirms, failures, only_routes", id)
		if err != nil {
			return err
		}
		if !found {
			return store.ErrNotFound
		}
		letter, err := r.letter()
		if err != nil {
			return err
		}
		only, err := decodeRoutes(r.OnlyRoutes)
		if err != nil {
			return fmt.Errorf("store: dead letter %d: %w", id, err)
		}
		routes, err := encodeRoutes(failedRoutes(letter.Failures, only))
		if err != nil {
			return err
		}
		if err := t.wait(map[store.Conversation]int64{letter.Conversation: micros(t.now)}); err != nil {
			return err
		}
		order := r.EventAt
		if _, err := t.row([]any{&order}, `SELECT COALESCE(MAX(order_at), ?) FROM messenger_inbox
			WHERE page_id = ? AND person_id = ?`, r.EventAt, r.PageID, r.PersonID); err != nil {
			return err
		}
		t.hint = true
		t.delta[r.PageID]++
		return t.change(addEvents, [][]any{t.eventRow(letter.Event, max(order, r.EventAt), routes)})
	})
}

// lockLetter locks the conversation of a dead letter.
func (t *txn) lockLetter(id int64) error {
	var conv store.Conversation
	found, err := t.row([]any{&conv.PageID, &conv.PersonID}, "SELECT page_id, person_id FROM messenger_dead WHERE id = ?", id)
	if err != nil {
		return err
	}
	if !found {
		return store.ErrNotFound
	}
	return t.lock(map[store.Conversation]bool{conv: true})
}

// failedRoutes names the routes to run again. A failure without a route stands
// for all that the event was to run.
func failedRoutes(failures []store.Failure, only []string) []string {
	var routes []string
	for _, f := range failures {
		if f.Route == "" {
			return only
		}
		if !slices.Contains(routes, f.Route) {
			routes = append(routes, f.Route)
		}
	}
	return routes
}

// Drop implements [store.DeadLetters].
func (s *Store) Drop(ctx context.Context, id int64) error {
	return s.do(ctx, func(t *txn) error {
		if err := t.lockLetter(id); err != nil {
			return err
		}
		n, err := t.exec("DELETE FROM messenger_dead WHERE id = ?", id)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	})
}
