package gormstore

import (
	"context"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
)

// Stats implements [store.Inspector].
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
		s.moment()).Scan(&row).Error
	if err != nil {
		return store.Stats{}, s.readError(ctx, err)
	}
	stats := store.Stats{
		Events: row.Events, Sends: row.Sends, InFlight: row.InFlight, Dead: row.Dead, Oldest: fromMicros(row.Oldest),
	}
	stats.Blocked, err = s.blocked(ctx, db)
	return stats, err
}

// Waiting implements [store.Inspector].
func (s *Store) Waiting(ctx context.Context) (map[string]store.Waiting, error) {
	db, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	var found []struct {
		PageID        string
		Events, Sends int
		Event, Send   int64
	}
	err = db.Raw(`SELECT g.page_id, g.n AS events, 0 AS sends, i.received_at AS event, 0 AS send
		FROM (SELECT page_id, COUNT(*) AS n, MIN(seq) AS seq FROM messenger_inbox GROUP BY page_id) g
		JOIN messenger_inbox i ON i.seq = g.seq
		UNION ALL
		SELECT page_id, 0, COUNT(*), 0, MIN(not_before) FROM messenger_outbox GROUP BY page_id`).Scan(&found).Error
	if err != nil {
		return nil, s.readError(ctx, err)
	}
	waiting := map[string]store.Waiting{}
	for _, row := range found {
		w := waiting[row.PageID]
		if row.Events > 0 {
			w.Events, w.OldestEvent = row.Events, fromMicros(row.Event)
		} else {
			w.Sends, w.OldestSend = row.Sends, fromMicros(row.Send)
		}
		waiting[row.PageID] = w
	}
	return waiting, nil
}

// blocked are the conversations whose head has been tried.
func (s *Store) blocked(ctx context.Context, db *gorm.DB) ([]store.Blocked, error) {
	var found []struct {
		PageID, PersonID string
		Attempts         int
		ReceivedAt       int64
	}
	err := db.Raw(`SELECT i.page_id, i.person_id, i.attempts, i.received_at FROM messenger_inbox i
		WHERE i.attempts > 0 AND NOT EXISTS (
			SELECT 1 FROM messenger_inbox j WHERE j.page_id = i.page_id AND j.person_id = i.person_id
			AND (j.order_at < i.order_at OR j.order_at = i.order_at AND j.seq < i.seq))
		ORDER BY i.received_at, i.page_id, i.person_id LIMIT ?`, store.MaxBlocked).Scan(&found).Error
	if err != nil {
		return nil, s.readError(ctx, err)
	}
	var blocked []store.Blocked
	for _, row := range found {
		blocked = append(blocked, store.Blocked{
			Conversation: store.Conversation{PageID: row.PageID, PersonID: row.PersonID},
			Attempts:     row.Attempts, Since: fromMicros(row.ReceivedAt),
		})
	}
	return blocked, nil
}
