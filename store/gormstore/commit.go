package gormstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/store"
)

// Commit implements [store.Queuer]. An outcome with a [store.Call] commits in
// a transaction of its own.
func (s *Store) Commit(ctx context.Context, outcome store.Outcome) error {
	if err := checkWrites(outcome.Writes, true); err != nil {
		return err
	}
	if err := checkSends(outcome.Sends); err != nil {
		return err
	}
	outcome.Sends = cloneSends(outcome.Sends)
	outcome.Writes = slices.Clone(outcome.Writes)
	outcome.Results = slices.Clone(outcome.Results)
	return s.writer.do(ctx, &operation{
		run:   func(t *txn) error { return t.commit(outcome) },
		alone: slices.ContainsFunc(outcome.Writes, isCall),
	})
}

// commit takes the mailbox in a statement of its own before it looks at
// anything else, so that what it then finds is what everybody else has left.
func (t *txn) commit(o store.Outcome) error {
	n, err := t.exec(`UPDATE messenger_mailbox SET starts = 0
		WHERE page_id = ? AND person_id = ? AND epoch = ? AND lease_until IS NOT NULL`,
		o.Lease.PageID, o.Lease.PersonID, o.Lease.Epoch)
	if err != nil {
		return err
	}
	if n == 0 {
		return store.ErrFenced
	}
	t.held = o.Lease.Conversation
	if o.Event != nil {
		if err := t.endEvent(o.Lease.Conversation, *o.Event); err != nil {
			return err
		}
	}
	for _, result := range o.Results {
		if err := t.result(o.Lease.Conversation, result); err != nil {
			return err
		}
	}
	for _, w := range o.Writes {
		if err := t.write(w); err != nil {
			return err
		}
	}
	if err := t.addSends(o.Sends); err != nil {
		return err
	}
	if o.Release {
		return t.release(o)
	}
	return nil
}

func (t *txn) endEvent(conv store.Conversation, result store.EventResult) error {
	if result.Retry {
		n, err := t.exec("UPDATE messenger_inbox SET attempts = attempts + 1 WHERE seq = ? AND page_id = ? AND person_id = ? AND attempts = ?",
			result.Seq, conv.PageID, conv.PersonID, result.Attempts)
		if err == nil && n == 0 {
			err = noEvent(result)
		}
		return err
	}
	var ev store.Event
	var at int64
	var only string
	found, err := t.row([]any{&ev.Key, &at, &ev.Body, &ev.Confirms, &only},
		`DELETE FROM messenger_inbox WHERE seq = ? AND page_id = ? AND person_id = ? AND attempts = ?
		RETURNING key, event_at, body, confirms, only_routes`, result.Seq, conv.PageID, conv.PersonID, result.Attempts)
	if err != nil {
		return err
	}
	if !found {
		return noEvent(result)
	}
	t.delta[conv.PageID]--
	if len(result.Failures) == 0 {
		return nil
	}
	failures, err := json.Marshal(result.Failures)
	if err != nil {
		return fmt.Errorf("store: failures: %w", err)
	}
	_, err = t.exec(`INSERT INTO messenger_dead (page_id, person_id, key, event_at, body, confirms, attempts, failures, only_routes, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		conv.PageID, conv.PersonID, ev.Key, at, ev.Body, ev.Confirms, result.Attempts+1, string(failures), only, micros(t.now))
	return err
}

func noEvent(result store.EventResult) error {
	return fmt.Errorf("store: event %d of the outcome, after %d attempts: %w", result.Seq, result.Attempts, store.ErrNotFound)
}

// result records what became of one send.
func (t *txn) result(conv store.Conversation, r store.SendResult) error {
	const where = " WHERE key = ? AND page_id = ? AND person_id = ?"
	switch r.State {
	case store.SendStarted:
		n, err := t.exec("UPDATE messenger_outbox SET started_at = ?"+where, micros(t.now), r.Key, conv.PageID, conv.PersonID)
		if err == nil && n == 0 {
			err = fmt.Errorf("store: send %q: %w", r.Key, store.ErrSendGone)
		}
		return err
	case store.SendAgain:
		_, err := t.exec("UPDATE messenger_outbox SET started_at = NULL, attempts = attempts + 1"+where, r.Key, conv.PageID, conv.PersonID)
		return err
	case store.SendUnknown:
		_, err := t.exec("UPDATE messenger_outbox SET attempts = attempts + 1"+where, r.Key, conv.PageID, conv.PersonID)
		return err
	case store.SendFinished:
		_, err := t.exec("DELETE FROM messenger_outbox"+where, r.Key, conv.PageID, conv.PersonID)
		return err
	}
	return fmt.Errorf("store: send %q: no such state: %d", r.Key, r.State)
}

// release gives the conversation back, due when what is left in it is due.
func (t *txn) release(o store.Outcome) error {
	hold := micros(t.now.Add(max(o.After, 0)))
	var next sql.NullInt64
	_, err := t.row([]any{&next}, `UPDATE messenger_mailbox SET lease_until = NULL, owner = '', hold_until = ?, next_at =
		CASE WHEN EXISTS (SELECT 1 FROM messenger_inbox i WHERE i.page_id = messenger_mailbox.page_id AND i.person_id = messenger_mailbox.person_id)
		THEN ? ELSE (SELECT CASE WHEN MIN(o.not_before) < ? THEN ? ELSE MIN(o.not_before) END FROM messenger_outbox o
			WHERE o.page_id = messenger_mailbox.page_id AND o.person_id = messenger_mailbox.person_id) END
		WHERE page_id = ? AND person_id = ? RETURNING next_at`,
		hold, hold, hold, hold, o.Lease.PageID, o.Lease.PersonID)
	t.hint = t.hint || next.Valid
	return err
}
