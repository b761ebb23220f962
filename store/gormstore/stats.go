package gormstore

import (
	"context"
	"database/sql"

	"github.com/djmessenger/messenger/store"
)

// Stats implements [store.Inspector].
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	var stats store.Stats
	fields := []any{&stats.Events, &stats.Timers, &stats.Sends, &stats.InFlight, &stats.Dead, &stats.Oldest}
	if err := s.row(ctx, s.db.Queries.Stats, []any{s.now()}, fields); err != nil {
		return store.Stats{}, err
	}
	var err error
	stats.Blocked, err = s.Blocked(ctx, store.MaxBlocked)
	return stats, err
}

// Waiting implements [store.Inspector].
func (s *Store) Waiting(ctx context.Context) (map[string]store.Waiting, error) {
	waiting := map[string]store.Waiting{}
	err := s.rows(ctx, s.db.Queries.Waiting, []any{s.now()}, func(rows *sql.Rows) error {
		var pageID string
		var events, sends int
		var event, send Time
		err := rows.Scan(&pageID, &events, &sends, &event, &send)
		w := waiting[pageID]
		w.Events, w.Sends = w.Events+events, w.Sends+sends
		if oldest := event.Time(); events > 0 && (w.OldestEvent.IsZero() || oldest.Before(w.OldestEvent)) {
			w.OldestEvent = oldest
		}
		if sends > 0 {
			w.OldestSend = send.Time()
		}
		waiting[pageID] = w
		return err
	})
	if err != nil {
		return nil, err
	}
	return waiting, nil
}
