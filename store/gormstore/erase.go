package gormstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Forget implements [store.Store]. A running turn is fenced because its
// mailbox is gone and epochs are never repeated.
func (s *Store) Forget(ctx context.Context, conv store.Conversation) error {
	return s.do(ctx, func(t *txn) error {
		// The mailbox goes first: whoever holds it has its commit refused.
		for _, table := range []string{"messenger_mailbox", "messenger_outbox", "messenger_dead"} {
			if _, err := t.exec("DELETE FROM "+table+" WHERE page_id = ? AND person_id = ?", conv.PageID, conv.PersonID); err != nil {
				return err
			}
		}
		n, err := t.exec("DELETE FROM messenger_inbox WHERE page_id = ? AND person_id = ?", conv.PageID, conv.PersonID)
		if err != nil {
			return err
		}
		t.delta[conv.PageID] -= int(n)
		for _, model := range []any{&personRow{}, &locationRow{}, &receivedRow{}, &sentRow{}, &sessionRow{}} {
			if err := t.gorm(t.models.Where(ofPerson, conv.PageID, conv.PersonID).Delete(model)); err != nil {
				return err
			}
		}
		return nil
	})
}

// purgeStep is the most rows that a purge erases at once, so that nobody waits
// long for it.
const purgeStep = 1000

// Purge implements [store.Store]. It works in small steps; if it fails, what
// it has erased by then stays erased.
func (s *Store) Purge(ctx context.Context, cutoffs store.Cutoffs) error {
	now := micros(s.writer.now())
	type step struct {
		statement string
		args      []any
	}
	steps := []step{
		{`DELETE FROM messenger_sessions WHERE (page_id, psid, name) IN (
			SELECT page_id, psid, name FROM messenger_sessions WHERE expires <> 0 AND expires <= ? LIMIT ?)`, []any{now}},
		{`DELETE FROM messenger_attachments WHERE (page_id, name) IN (
			SELECT page_id, name FROM messenger_attachments WHERE expires <> 0 AND expires <= ? LIMIT ?)`, []any{now}},
		{`DELETE FROM messenger_mailbox WHERE (page_id, person_id) IN (
			SELECT page_id, person_id FROM messenger_mailbox
			WHERE next_at IS NULL AND lease_until IS NULL AND hold_until <= ? LIMIT ?)`, []any{now}},
	}
	if !cutoffs.Received.IsZero() {
		steps = append(steps, step{"DELETE FROM messenger_received WHERE id IN (SELECT id FROM messenger_received WHERE at < ? LIMIT ?)",
			[]any{micros(cutoffs.Received)}})
	}
	if !cutoffs.Sent.IsZero() {
		steps = append(steps, step{"DELETE FROM messenger_sent WHERE id IN (SELECT id FROM messenger_sent WHERE at < ? LIMIT ?)",
			[]any{micros(cutoffs.Sent)}})
	}
	for _, st := range steps {
		for n := int64(purgeStep); n == purgeStep; {
			err := s.do(ctx, func(t *txn) (err error) {
				n, err = t.exec(st.statement, append(st.args, purgeStep)...)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	if cutoffs.Seen.IsZero() {
		return nil
	}
	return s.purgeSeen(ctx, cutoffs.Seen)
}

// purgeSeen walks through the keys in the order in which they came, up to where
// all of a step are young enough. Keys of what still waits are kept.
func (s *Store) purgeSeen(ctx context.Context, cutoff time.Time) error {
	for after, more := int64(0), true; more; {
		var last int64
		var old bool
		err := s.do(ctx, func(t *txn) error {
			last, old = 0, false
			err := t.rows(func(rows *sql.Rows) error {
				var at int64
				err := rows.Scan(&last, &at)
				old = old || at < micros(cutoff)
				return err
			}, "SELECT id, at FROM messenger_seen WHERE id > ? ORDER BY id LIMIT ?", after, purgeStep)
			if err != nil || !old {
				return err
			}
			_, err = t.exec(`DELETE FROM messenger_seen WHERE id > ? AND id <= ? AND at < ?
				AND NOT (kind = 0 AND key IN (SELECT key FROM messenger_inbox))
				AND NOT (kind = 1 AND key IN (SELECT key FROM messenger_outbox))`, after, last, micros(cutoff))
			return err
		})
		if err != nil {
			return err
		}
		after, more = last, old
	}
	return nil
}
