package gormstore

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/store"
)

// dueRow is a send that is due, or none, beside the lease that it is due for.
type dueRow struct {
	Key       *string
	GroupKey  string
	Body      []byte
	Delay     int64
	StartedAt *int64
	Attempts  int
}

// Due implements [store.Queuer]. One statement looks at the lease and the
// sends, so that both are of the same moment.
func (s *Store) Due(ctx context.Context, lease store.LeaseID, limit int) ([]store.QueuedSend, error) {
	db, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	var found []dueRow
	err = db.Raw(`SELECT o.key, COALESCE(o.group_key, '') AS group_key, o.body, COALESCE(o.delay, 0) AS delay, o.started_at,
			COALESCE(o.attempts, 0) AS attempts
		FROM messenger_mailbox m LEFT JOIN messenger_outbox o
			ON o.page_id = m.page_id AND o.person_id = m.person_id AND o.not_before <= ?
		WHERE m.page_id = ? AND m.person_id = ? AND m.epoch = ? AND m.lease_until IS NOT NULL ORDER BY o.id LIMIT ?`,
		s.moment(), lease.PageID, lease.PersonID, lease.Epoch, max(limit, 1)).Scan(&found).Error
	if err != nil {
		return nil, s.readError(ctx, err)
	}
	if len(found) == 0 {
		return nil, store.ErrFenced
	}
	if found[0].Key == nil || limit < 1 {
		return nil, nil
	}
	var due []store.QueuedSend
	for _, row := range found {
		send := store.QueuedSend{Attempts: row.Attempts, Send: store.Send{
			Conversation: lease.Conversation, Key: *row.Key, Group: row.GroupKey, Body: row.Body, Delay: time.Duration(row.Delay),
		}}
		if row.StartedAt != nil {
			send.Started, send.StartedAt = true, fromMicros(*row.StartedAt)
		}
		due = append(due, send)
	}
	return due, nil
}
