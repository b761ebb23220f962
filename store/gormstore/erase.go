package gormstore

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// Forget implements [store.Store]. A running turn is fenced because its
// conversation is gone and fencing tokens are never repeated.
func (s *Store) Forget(ctx context.Context, conv store.Conversation) error {
	if conv.PageID == "" || conv.PersonID == "" {
		return store.ErrEmptyID
	}
	err := s.do(ctx, func(t *txn) error {
		// The conversation goes first: the commit of its lease is refused from then on.
		if err := t.lock(map[store.Conversation]bool{conv: true}); err != nil {
			return err
		}
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
		for _, table := range []string{
			"messenger_people", "messenger_locations", "messenger_received", "messenger_sent", "messenger_sessions",
		} {
			if _, err := t.exec("DELETE FROM "+table+" WHERE "+ofPerson, conv.PageID, conv.PersonID); err != nil {
				return err
			}
		}
		if s.db.Erasing == "" {
			return nil
		}
		_, err = t.exec(s.db.Erasing)
		return err
	})
	if err == nil && s.db.Erased != nil {
		s.db.Erased(ctx)
	}
	return err
}

// purgeStep is the most rows that a purge erases at once, so that it blocks other
// operations only briefly.
const purgeStep = 1000

// Purge implements [store.Store]. It works in small steps; if it fails, what
// it has erased by then stays erased. It skips locked rows, so
// that it cannot deadlock; the next purge finds them.
func (s *Store) Purge(ctx context.Context, cutoffs store.Cutoffs) error {
	if !cutoffs.People.IsZero() {
		if err := s.purgeSilent(ctx, micros(cutoffs.People)); err != nil {
			return err
		}
	}
	steps := []purge{
		{"messenger_sessions", "page_id, psid, name", "expires <> 0 AND expires <= ?", time.Time{}},
		{"messenger_attachments", "page_id, name", "expires <> 0 AND expires <= ?", time.Time{}},
		{"messenger_mailbox", "page_id, person_id", "next_at IS NULL AND lease_until IS NULL AND hold_until <= ?", time.Time{}},
	}
	if !cutoffs.Received.IsZero() {
		steps = append(steps, purge{"messenger_received", "id", "at < ?", cutoffs.Received})
	}
	for _, step := range steps {
		for n := int64(purgeStep); n == purgeStep; {
			err := s.do(ctx, func(t *txn) (err error) {
				n, err = step.run(t)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	if err := s.purgeOldest(ctx, "messenger_sent", cutoffs.Sent, ""); err != nil {
		return err
	}
	// Keys of what still waits and of dead letters are kept, so that an event is
	// never there twice.
	return s.purgeOldest(ctx, "messenger_seen", cutoffs.DedupKeys, `
		AND NOT (kind = 0 AND (key IN (SELECT key FROM messenger_inbox) OR key IN (SELECT key FROM messenger_dead)))
		AND NOT (kind = 1 AND key IN (SELECT key FROM messenger_outbox))`)
}

// purge erases the rows of a table that are older than a time; none is now.
type purge struct {
	table, key, which string
	before            time.Time
}

func (p purge) run(t *txn) (int64, error) {
	before := p.before
	if before.IsZero() {
		before = t.now
	}
	return t.exec("DELETE FROM "+p.table+" WHERE ("+p.key+") IN (SELECT "+p.key+" FROM "+p.table+" WHERE "+p.which+
		" LIMIT ?"+t.dialect.SkipLocked()+")", micros(before), purgeStep)
}

// purgeOldest erases the rows of a table that are older than the cutoff, unless that
// is zero. The rows are numbered as they come, which is nearly in the order of
// time: it walks through them up to where all of a step are young enough, and so
// the table needs no index of their times.
func (s *Store) purgeOldest(ctx context.Context, table string, cutoff time.Time, and string) error {
	more := !cutoff.IsZero()
	for after := int64(0); more; {
		var last int64
		err := s.do(ctx, func(t *txn) error {
			last, more = 0, false
			err := t.rows(func(rows database.Row) error {
				var at int64
				err := rows.Scan(&last, &at)
				more = more || at < micros(cutoff)
				return err
			}, "SELECT id, at FROM "+table+" WHERE id > ? ORDER BY id LIMIT ?", after, purgeStep)
			if err != nil || !more {
				return err
			}
			_, err = t.exec("DELETE FROM "+table+" WHERE id IN (SELECT id FROM "+table+" WHERE id > ? AND id <= ? AND at < ?"+
				and+t.dialect.SkipLocked()+")", after, last, micros(cutoff))
			return err
		})
		if err != nil {
			return err
		}
		after = last
	}
	return nil
}
