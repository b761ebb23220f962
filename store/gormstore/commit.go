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
	for _, r := range outcome.Results {
		if r.State < store.SendStarted || r.State > store.SendFinished {
			return fmt.Errorf("store: send %q: no such state: %d", r.Key, r.State)
		}
	}
	outcome.Sends = cloneSends(outcome.Sends)
	outcome.Writes = slices.Clone(outcome.Writes)
	outcome.Results = slices.Clone(outcome.Results)
	return s.writer.do(ctx, &operation{outcome: &outcome})
}

// deadEvents moves an event that is done to the dead letters.
var deadEvents = newSet("seq BIGINT, attempts BIGINT, failures TEXT, at BIGINT",
	`INSERT INTO messenger_dead (page_id, person_id, key, event_at, body, confirms, attempts, failures, only_routes, at)
	SELECT i.page_id, i.person_id, i.key, i.event_at, i.body, i.confirms, r.attempts, r.failures, i.only_routes, r.at
	FROM ROWS, messenger_inbox i WHERE i.seq = r.seq`)

var (
	retryEvents = newSet("seq BIGINT", `UPDATE messenger_inbox SET attempts = attempts + 1 WHERE seq IN (SELECT r.seq FROM ROWS)`)
	doneEvents  = newSet("seq BIGINT", `DELETE FROM messenger_inbox WHERE seq IN (SELECT r.seq FROM ROWS)`)
)

// endEvents records the ends of the events of outcomes that were found good.
func (t *txn) endEvents(commits []*operation) error {
	var dead, again, done [][]any
	for _, op := range commits {
		o := op.outcome
		switch {
		case o.Event == nil:
			continue
		case o.Event.Retry:
			again = append(again, []any{o.Event.Seq})
			continue
		}
		done = append(done, []any{o.Event.Seq})
		t.delta[o.Lease.PageID]--
		if len(o.Event.Failures) == 0 {
			continue
		}
		failures, err := json.Marshal(o.Event.Failures)
		if err != nil {
			return fmt.Errorf("store: failures: %w", err)
		}
		dead = append(dead, []any{o.Event.Seq, o.Event.Attempts + 1, string(failures), micros(t.now)})
	}
	if err := t.change(deadEvents, dead); err != nil {
		return err
	}
	if err := t.change(retryEvents, again); err != nil {
		return err
	}
	return t.change(doneEvents, done)
}

var (
	markSends = newSet("key TEXT, page_id TEXT, person_id TEXT, attempts BIGINT, mark BIGINT, at BIGINT",
		`UPDATE messenger_outbox SET attempts = messenger_outbox.attempts + r.attempts,
			started_at = CASE r.mark WHEN 0 THEN messenger_outbox.started_at WHEN 1 THEN r.at ELSE NULL END
		FROM ROWS WHERE messenger_outbox.key = r.key AND messenger_outbox.page_id = r.page_id AND messenger_outbox.person_id = r.person_id`)
	finishSends = newSet("key TEXT, page_id TEXT, person_id TEXT",
		`DELETE FROM messenger_outbox WHERE (key, page_id, person_id) IN (SELECT r.key, r.page_id, r.person_id FROM ROWS)`)
)

// marks of a send.
const (
	keepMark = iota
	setMark
	clearMark
)

// fate is what the results of an outcome come to for one send.
type fate struct {
	attempts, mark int
	finished       bool
}

// settle records what became of sends.
func (t *txn) settle(commits []*operation) error {
	var marked, finished [][]any
	for _, op := range commits {
		fates := map[string]*fate{}
		for _, r := range op.outcome.Results {
			if fates[r.Key] == nil {
				fates[r.Key] = &fate{}
			}
			f := fates[r.Key]
			switch r.State {
			case store.SendStarted:
				f.mark = setMark
			case store.SendAgain:
				f.mark = clearMark
				f.attempts++
			case store.SendUnknown:
				f.attempts++
			case store.SendFinished:
				f.finished = true
			}
		}
		conv := op.outcome.Lease.Conversation
		for key, f := range fates {
			if f.finished {
				finished = append(finished, []any{key, conv.PageID, conv.PersonID})
			} else {
				marked = append(marked, []any{key, conv.PageID, conv.PersonID, f.attempts, f.mark, micros(t.now)})
			}
		}
	}
	if err := t.change(markSends, marked); err != nil {
		return err
	}
	return t.change(finishSends, finished)
}

var (
	countedStarts = newSet("page_id TEXT, person_id TEXT",
		`UPDATE messenger_mailbox SET starts = 0 WHERE (page_id, person_id) IN (SELECT r.page_id, r.person_id FROM ROWS) AND starts <> 0`)
	releaseMailboxes = newSet("page_id TEXT, person_id TEXT, hold BIGINT",
		`UPDATE messenger_mailbox SET starts = 0, lease_until = NULL, owner = '', holder = 0, hold_until = r.hold, next_at =
			CASE WHEN EXISTS (SELECT 1 FROM messenger_inbox i WHERE i.page_id = messenger_mailbox.page_id AND i.person_id = messenger_mailbox.person_id)
			THEN r.hold ELSE (SELECT CASE WHEN MIN(o.not_before) < r.hold THEN r.hold ELSE MIN(o.not_before) END FROM messenger_outbox o
				WHERE o.page_id = messenger_mailbox.page_id AND o.person_id = messenger_mailbox.person_id) END
		FROM ROWS WHERE messenger_mailbox.page_id = r.page_id AND messenger_mailbox.person_id = r.person_id
		RETURNING next_at`)
)

// leave adds the sends of outcomes, and gives the conversations back, due when
// what is left in them is due. The mailboxes were taken in a statement of its
// own before, so that what is left includes what everybody else has put there.
func (t *txn) leave(commits []*operation) error {
	var sends []store.Send
	var kept, released [][]any
	for _, op := range commits {
		o := op.outcome
		for _, send := range o.Sends {
			if t.keys.take(seenKey{seenSend, send.Key}) {
				sends = append(sends, send)
			}
		}
		if o.Release {
			released = append(released, []any{o.Lease.PageID, o.Lease.PersonID, micros(t.now.Add(max(o.After, 0)))})
		} else {
			kept = append(kept, []any{o.Lease.PageID, o.Lease.PersonID})
		}
	}
	if err := t.addSends(sends); err != nil {
		return err
	}
	if err := t.change(countedStarts, kept); err != nil {
		return err
	}
	return t.ask(releaseMailboxes, released, func(rows *sql.Rows) error {
		var next sql.NullInt64
		err := rows.Scan(&next)
		t.hint = t.hint || next.Valid && next.Int64 <= micros(t.now)
		return err
	})
}
