package gormstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// Commit implements [store.Queuer]. An outcome with a [store.Call] commits in
// a transaction of its own.
func (s *Store) Commit(ctx context.Context, outcome store.Outcome) ([]store.QueuedSend, error) {
	if err := checkWrites(outcome.Writes, true); err != nil {
		return nil, err
	}
	if err := checkSends(outcome.Sends); err != nil {
		return nil, err
	}
	for _, r := range outcome.Results {
		if r.State < store.SendAgain || r.State > store.SendFinished {
			return nil, fmt.Errorf("store: send %q: no such state: %d", r.Key, r.State)
		}
	}
	outcome.Sends = cloneSends(outcome.Sends)
	outcome.Writes = slices.Clone(outcome.Writes)
	outcome.Results = slices.Clone(outcome.Results)
	op := &operation{outcome: &outcome}
	if err := s.writer.do(ctx, op); err != nil {
		return nil, err
	}
	return op.due, nil
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
	// An attempt that is surely over takes the mark away.
	againSends = newSet("key TEXT, page_id TEXT, person_id TEXT, attempts BIGINT, over BOOLEAN",
		`UPDATE messenger_outbox SET attempts = messenger_outbox.attempts + r.attempts,
			started_at = CASE WHEN r.over THEN NULL ELSE messenger_outbox.started_at END
		FROM ROWS WHERE messenger_outbox.key = r.key AND messenger_outbox.page_id = r.page_id AND messenger_outbox.person_id = r.person_id`)
	finishSends = newSet("key TEXT, page_id TEXT, person_id TEXT",
		`DELETE FROM messenger_outbox WHERE (key, page_id, person_id) IN (SELECT r.key, r.page_id, r.person_id FROM ROWS)`)
)

// sendChange is the combined effect of the results of an outcome on one send.
type sendChange struct {
	attempts       int
	over, finished bool
}

// settle records what became of sends.
func (t *txn) settle(commits []*operation) error {
	var again, finished [][]any
	for _, op := range commits {
		changes := map[string]*sendChange{}
		for _, r := range op.outcome.Results {
			if changes[r.Key] == nil {
				changes[r.Key] = &sendChange{}
			}
			f := changes[r.Key]
			switch r.State {
			case store.SendAgain:
				f.over = true
				f.attempts++
			case store.SendUnknown:
				f.attempts++
			case store.SendFinished:
				f.finished = true
			}
		}
		conv := op.outcome.Lease.Conversation
		for key, f := range changes {
			if f.finished || f.over {
				t.over[key] = true
			}
			if f.finished {
				finished = append(finished, []any{key, conv.PageID, conv.PersonID})
			} else {
				again = append(again, []any{key, conv.PageID, conv.PersonID, f.attempts, f.over})
			}
		}
	}
	if err := t.change(againSends, again); err != nil {
		return err
	}
	return t.change(finishSends, finished)
}

var (
	startSends = newSet("key TEXT, at BIGINT", `UPDATE messenger_outbox SET started_at = r.at FROM ROWS WHERE messenger_outbox.key = r.key`)
	// What a conversation was claimed for keeps it due, unless that was taken back
	// meanwhile. A time of 0 is that of nothing.
	keepConversations = newSet("page_id TEXT, person_id TEXT, at BIGINT",
		`UPDATE messenger_mailbox SET starts = 0, alone = 0, next_at =
			CASE WHEN r.at = 0 OR messenger_mailbox.next_at <= r.at OR messenger_mailbox.next_at <= messenger_mailbox.hold_until
			THEN messenger_mailbox.next_at WHEN r.at < messenger_mailbox.hold_until THEN messenger_mailbox.hold_until ELSE r.at END
		FROM ROWS WHERE messenger_mailbox.page_id = r.page_id AND messenger_mailbox.person_id = r.person_id
			AND (messenger_mailbox.starts <> 0 OR messenger_mailbox.alone <> 0 OR r.at <> 0 AND (messenger_mailbox.next_at IS NULL OR messenger_mailbox.next_at > r.at))`)
	// Nothing is worth keeping of a conversation with nothing in it.
	eraseConversations = newSet("page_id TEXT, person_id TEXT",
		`DELETE FROM messenger_mailbox WHERE (page_id, person_id) IN (SELECT r.page_id, r.person_id FROM ROWS)
			AND NOT EXISTS (SELECT 1 FROM messenger_inbox i WHERE i.page_id = messenger_mailbox.page_id AND i.person_id = messenger_mailbox.person_id)
			AND NOT EXISTS (SELECT 1 FROM messenger_outbox o WHERE o.page_id = messenger_mailbox.page_id AND o.person_id = messenger_mailbox.person_id)`)
	releaseConversations = newSet("page_id TEXT, person_id TEXT, hold BIGINT",
		`UPDATE messenger_mailbox SET starts = 0, alone = 0, lease_until = NULL, owner = '', holder = 0, hold_until = r.hold, next_at =
			CASE WHEN EXISTS (SELECT 1 FROM messenger_inbox i WHERE i.page_id = messenger_mailbox.page_id AND i.person_id = messenger_mailbox.person_id)
			THEN r.hold ELSE (SELECT CASE WHEN MIN(o.not_before) < r.hold THEN r.hold ELSE MIN(o.not_before) END FROM messenger_outbox o
				WHERE o.page_id = messenger_mailbox.page_id AND o.person_id = messenger_mailbox.person_id) END
		FROM ROWS WHERE messenger_mailbox.page_id = r.page_id AND messenger_mailbox.person_id = r.person_id`)
)

// newSend is a send that is added to the outbox. It is started at once if it is
// the next to be made.
type newSend struct {
	store.Send
	started bool
}

// leave adds the sends of outcomes, starts those that are to be made next, and
// gives the conversations back, due when what is left in them is due. The
// conversations were taken in a statement of its own before, so that what is left
// includes what everybody else has put there.
func (t *txn) leave(commits []*operation) error {
	if err := t.dueBefore(commits); err != nil {
		return err
	}
	t.reuse()
	var sends []*newSend
	var started [][]any
	added := map[store.Conversation][]*newSend{}
	for _, op := range commits {
		o := op.outcome
		for _, send := range o.Sends {
			if send.Fresh || t.keys.take(seenKey{seenSend, send.Key}) {
				send.Fresh = false
				fresh := &newSend{Send: send}
				sends = append(sends, fresh)
				added[send.Conversation] = append(added[send.Conversation], fresh)
			}
		}
		before := len(op.due)
		var first *newSend
		for _, send := range added[o.Lease.Conversation] {
			if send.Delay <= 0 {
				if first == nil {
					first = send
				}
				op.due = append(op.due, store.QueuedSend{Send: send.Send, AddedAt: fromMicros(micros(t.now))})
			}
		}
		if len(op.due) > 0 && op.due[0].Key == o.Start {
			op.due[0].Started, op.due[0].StartedAgo = true, 0
			if before > 0 {
				started = append(started, []any{o.Start, micros(t.now)})
			} else {
				first.started = true
			}
		}
		op.due = op.due[:min(max(o.Due, 0), len(op.due))]
	}
	if err := t.change(startSends, started); err != nil {
		return err
	}
	if err := t.addSends(sends, commits); err != nil {
		return err
	}
	return t.giveBack(commits, added)
}

// dueBefore finds what is due in the conversations of outcomes before they add
// to it.
func (t *txn) dueBefore(commits []*operation) error {
	var asking []*operation
	var rows [][]any
	for _, op := range commits {
		if o := op.outcome; (o.Due > 0 || o.Start != "") && t.found.sends[o.Lease.Conversation] {
			asking = append(asking, op)
			rows = append(rows, []any{o.Lease.PageID, o.Lease.PersonID, micros(t.now), max(o.Due, 1)})
		}
	}
	err := t.headSends(rows, func(i int, send store.QueuedSend) { asking[i].due = append(asking[i].due, send) })
	if err != nil || len(asking) == 0 {
		return err
	}
	return t.sync()
}

// giveBack ends the leases of outcomes, or notes that they were put to use.
func (t *txn) giveBack(commits []*operation, added map[store.Conversation][]*newSend) error {
	gone, err := t.settledMeanwhile(commits)
	if err != nil {
		return err
	}
	now := micros(t.now)
	var kept, idle, free, held [][]any
	for _, op := range commits {
		o := op.outcome
		conv := o.Lease.Conversation
		if !o.Release {
			var at int64
			for _, send := range added[conv] {
				if due := t.dueAt(send.Send); at == 0 || due < at {
					at = due
				}
			}
			kept = append(kept, []any{conv.PageID, conv.PersonID, at})
			continue
		}
		if o.After > 0 && !gone[o.Awaits] {
			held = append(held, []any{conv.PageID, conv.PersonID, now + o.After.Microseconds()})
			continue
		}
		free = append(free, []any{conv.PageID, conv.PersonID, now})
		if !t.filling[conv] {
			idle = append(idle, []any{conv.PageID, conv.PersonID})
		}
	}
	if err := t.change(keepConversations, kept); err != nil {
		return err
	}
	if err := t.change(eraseConversations, idle); err != nil {
		return err
	}
	if err := t.change(releaseConversations, held); err != nil {
		return err
	}
	return t.changeThen(releaseConversations, free, func(left int64) { t.hint = t.hint || left > 0 })
}

// settledMeanwhile returns the keys of the sends that outcomes would wait for,
// whose echoes have come already.
func (t *txn) settledMeanwhile(commits []*operation) (gone map[string]bool, err error) {
	var rows [][]any
	gone = map[string]bool{}
	for _, op := range commits {
		if o := op.outcome; o.Release && o.Awaits != "" {
			rows = append(rows, []any{o.Awaits})
			gone[o.Awaits] = true
		}
	}
	err = t.ask(findSends, rows, func(found database.Row) error {
		var key string
		var conv store.Conversation
		err := found.Scan(&conv.PageID, &conv.PersonID, &key)
		delete(gone, key)
		return err
	})
	return gone, err
}
