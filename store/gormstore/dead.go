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
	Confirms   string
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
			Key:          r.Key, Time: fromMicros(r.EventAt), Body: r.Body, Confirms: r.Confirms,
		},
		Attempts: r.Attempts, At: fromMicros(r.At),
	}
	if err := json.Unmarshal([]byte(r.Failures), &l.Failures); err != nil {
		return l, fmt.Errorf("store: dead letter %d: %w", r.ID, err)
	}
	return l, nil
}

// Dead implements [store.Queuer].
func (s *Store) Dead(ctx context.Context, query store.DeadQuery) ([]store.DeadLetter, error) {
	db, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	if query.Limit <= 0 || query.Limit > 1000 {
		query.Limit = 1000
	}
	db = db.Where("id > ?", query.After).Order("id").Limit(query.Limit)
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

// Replay implements [store.Queuer].
func (s *Store) Replay(ctx context.Context, id int64) error {
	return s.do(ctx, func(t *txn) error {
		r := deadRow{ID: id}
		found, err := t.row([]any{&r.PageID, &r.PersonID, &r.Key, &r.EventAt, &r.Body, &r.Confirms, &r.Failures, &r.OnlyRoutes},
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
		if err := t.wait(letter.Conversation, micros(t.now)); err != nil {
			return err
		}
		order := r.EventAt
		if _, err := t.row([]any{&order}, `SELECT COALESCE(MAX(order_at), ?) FROM messenger_inbox
			WHERE page_id = ? AND person_id = ?`, r.EventAt, r.PageID, r.PersonID); err != nil {
			return err
		}
		t.hint = true
		return t.addEvent(letter.Event, max(order, r.EventAt), failedRoutes(letter.Failures, only))
	})
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

// Drop implements [store.Queuer].
func (s *Store) Drop(ctx context.Context, id int64) error {
	return s.do(ctx, func(t *txn) error {
		n, err := t.exec("DELETE FROM messenger_dead WHERE id = ?", id)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	})
}

// Stats implements [store.Queuer].
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	db, err := s.read(ctx)
	if err != nil {
		return store.Stats{}, err
	}
	var row struct {
		Events, Sends, InFlight, Dead int
		Oldest                        int64
	}
	err = db.Raw(`SELECT
		(SELECT COUNT(*) FROM messenger_inbox) AS events,
		(SELECT COUNT(*) FROM messenger_outbox) AS sends,
		(SELECT COUNT(*) FROM messenger_mailbox WHERE lease_until > ?) AS in_flight,
		(SELECT COUNT(*) FROM messenger_dead) AS dead,
		COALESCE((SELECT received_at FROM messenger_inbox ORDER BY seq LIMIT 1), 0) AS oldest`,
		micros(s.writer.now())).Scan(&row).Error
	if err != nil {
		return store.Stats{}, s.readError(ctx, err)
	}
	return store.Stats{
		Events: row.Events, Sends: row.Sends, InFlight: row.InFlight, Dead: row.Dead, Oldest: fromMicros(row.Oldest),
	}, nil
}
