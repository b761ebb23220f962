package gormstore

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Claim implements [store.Queuer].
func (s *Store) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	if claim.Conversations <= 0 {
		return nil, s.Ping(ctx)
	}
	claim.Events = max(claim.Events, 1)
	var leases []store.Lease
	err := s.do(ctx, func(t *txn) (err error) {
		leases, err = t.claim(claim)
		return err
	})
	if err != nil {
		return nil, err
	}
	return leases, nil
}

// due is a conversation that can be claimed.
type due struct {
	store.Conversation
	starts int
	next   int64
}

func (t *txn) claim(claim store.Claim) ([]store.Lease, error) {
	var leases []store.Lease
	taken := map[store.Conversation]bool{}
	for len(leases) < claim.Conversations {
		found, err := t.due(claim, len(leases)+claim.Conversations)
		if err != nil {
			return nil, err
		}
		progress := false
		for _, d := range found {
			if len(leases) == claim.Conversations {
				break
			}
			if taken[d.Conversation] || d.starts > 0 && claim.Suspects <= 0 {
				continue
			}
			progress = true
			taken[d.Conversation] = true
			lease, err := t.hand(d.Conversation, claim.Events)
			if err != nil {
				return nil, err
			}
			if len(lease.Events) == 0 && len(lease.Sends) == 0 {
				// What made it due is gone; only delayed sends are left.
				if err := t.rest(d.Conversation); err != nil {
					return nil, err
				}
				continue
			}
			if d.starts > 0 {
				claim.Suspects--
			}
			lease.Starts = d.starts + 1
			if lease.Epoch, err = t.lease(d.Conversation, claim); err != nil {
				return nil, err
			}
			leases = append(leases, lease)
		}
		if !progress {
			break
		}
	}
	return leases, nil
}

// due returns what can be claimed, oldest due first: those that were claimed
// before without a commit are bounded by themselves, so that they keep nobody
// else waiting.
func (t *txn) due(claim store.Claim, limit int) ([]due, error) {
	var found []due
	scan := func(rows *sql.Rows) error {
		var d due
		err := rows.Scan(&d.PageID, &d.PersonID, &d.starts, &d.next)
		found = append(found, d)
		return err
	}
	now := micros(t.now)
	const query = `SELECT page_id, person_id, starts, next_at FROM messenger_mailbox
		WHERE next_at <= ? AND (lease_until IS NULL OR lease_until <= ?) AND `
	const order = ` ORDER BY next_at LIMIT ?`
	if err := t.rows(scan, query+"starts = 0"+order+t.dialect.SkipLocked(), now, now, limit); err != nil {
		return nil, err
	}
	if claim.Suspects > 0 {
		if err := t.rows(scan, query+"starts > 0"+order+t.dialect.SkipLocked(), now, now, limit); err != nil {
			return nil, err
		}
		slices.SortStableFunc(found, func(a, b due) int { return cmp.Compare(a.next, b.next) })
	}
	return found, nil
}

// hand returns what there is to do in a conversation now.
func (t *txn) hand(conv store.Conversation, limit int) (store.Lease, error) {
	lease := store.Lease{LeaseID: store.LeaseID{Conversation: conv}}
	err := t.rows(func(rows *sql.Rows) error {
		ev := store.QueuedEvent{Event: store.Event{Conversation: conv}}
		var at, received int64
		var only string
		err := rows.Scan(&ev.Seq, &ev.Key, &at, &ev.Body, &ev.Confirms, &ev.Attempts, &only, &received)
		if err == nil {
			ev.Only, err = decodeRoutes(only)
		}
		ev.Time, ev.ReceivedAt = fromMicros(at), fromMicros(received)
		lease.Events = append(lease.Events, ev)
		return err
	}, `SELECT seq, key, event_at, body, confirms, attempts, only_routes, received_at FROM messenger_inbox
		WHERE page_id = ? AND person_id = ? ORDER BY order_at, seq LIMIT ?`, conv.PageID, conv.PersonID, limit)
	if err != nil {
		return lease, err
	}
	err = t.rows(func(rows *sql.Rows) error {
		send := store.QueuedSend{Send: store.Send{Conversation: conv}}
		var started sql.NullInt64
		err := rows.Scan(&send.Key, &send.Group, &send.Body, &send.Delay, &started, &send.Attempts)
		send.Started, send.StartedAt = started.Valid, fromMicros(started.Int64)
		lease.Sends = append(lease.Sends, send)
		return err
	}, `SELECT key, group_key, body, delay, started_at, attempts FROM messenger_outbox
		WHERE page_id = ? AND person_id = ? AND not_before <= ? ORDER BY id LIMIT ?`,
		conv.PageID, conv.PersonID, micros(t.now), limit)
	return lease, err
}

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
		micros(s.writer.now()), lease.PageID, lease.PersonID, lease.Epoch, max(limit, 1)).Scan(&found).Error
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

// lease takes a conversation. Epochs are numbered over all conversations, so
// that one that was forgotten and comes back never repeats one.
func (t *txn) lease(conv store.Conversation, claim store.Claim) (epoch int64, err error) {
	if _, err = t.row([]any{&epoch}, "UPDATE messenger_counters SET value = value + 1 WHERE name = 'epoch' RETURNING value"); err != nil {
		return 0, err
	}
	_, err = t.exec(`UPDATE messenger_mailbox SET lease_until = ?, owner = ?, epoch = ?, starts = starts + 1
		WHERE page_id = ? AND person_id = ?`,
		micros(t.now.Add(claim.TTL)), claim.Owner, epoch, conv.PageID, conv.PersonID)
	return epoch, err
}

// Renew implements [store.Queuer].
func (s *Store) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) (lost []store.LeaseID, err error) {
	leases = slices.Clone(leases)
	var gone []store.LeaseID
	err = s.do(ctx, func(t *txn) error {
		gone = nil
		for _, id := range leases {
			n, err := t.exec(`UPDATE messenger_mailbox SET lease_until = ?
				WHERE page_id = ? AND person_id = ? AND epoch = ? AND lease_until IS NOT NULL`,
				micros(t.now.Add(ttl)), id.PageID, id.PersonID, id.Epoch)
			if err != nil {
				return err
			}
			if n == 0 {
				gone = append(gone, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return gone, nil
}
