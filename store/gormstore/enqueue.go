package gormstore

import (
	"context"
	"errors"
	"slices"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// Enqueue implements [store.Queuer].
func (s *Store) Enqueue(ctx context.Context, sends ...store.Send) error {
	if err := checkSends(sends); err != nil {
		return err
	}
	return s.writer.do(ctx, &operation{sends: cloneSends(sends)})
}

func checkSends(sends []store.Send) error {
	for _, send := range sends {
		if send.Key == "" {
			return errors.New("store: a send without a key")
		}
	}
	return nil
}

func cloneSends(sends []store.Send) []store.Send {
	sends = slices.Clone(sends)
	for i := range sends {
		sends[i].Body = slices.Clone(sends[i].Body)
	}
	return sends
}

// enqueue adds the sends from outside of turns, without the groups whose head
// was seen before.
func (t *txn) enqueue(enqueues []*operation) error {
	var fresh []*newSend
	for _, op := range enqueues {
		seen := map[string]bool{}
		for _, send := range op.sends {
			if send.Key == send.Group && !send.Fresh {
				seen[send.Group] = !t.keys[seenKey{seenSend, send.Key}]
			}
		}
		for _, send := range op.sends {
			if !seen[send.Group] && (send.Fresh || t.keys.take(seenKey{seenSend, send.Key})) {
				fresh = append(fresh, &newSend{Send: send})
			}
		}
	}
	return t.addSends(fresh, nil)
}

var addSends = newSet(
	"page_id TEXT, person_id TEXT, key TEXT, group_key TEXT, body BYTES, delay BIGINT, not_before BIGINT, started_at BIGINT",
	`INSERT INTO messenger_outbox (page_id, person_id, key, group_key, body, delay, not_before, started_at, attempts)
	SELECT r.page_id, r.person_id, r.key, r.group_key, r.body, r.delay, r.not_before, NULLIF(r.started_at, 0), 0 FROM ROWS`)

// dueAt is when a send that is added is due.
func (t *txn) dueAt(send store.Send) int64 { return micros(t.now.Add(max(send.Delay, 0))) }

// addSends adds sends, and notes in their conversations when they are due: not in
// those of the outcomes, which are seen to afterwards.
func (t *txn) addSends(sends []*newSend, commits []*operation) error {
	if len(sends) == 0 {
		return nil
	}
	t.hint = true
	due := map[store.Conversation]int64{}
	rows := make([][]any, 0, len(sends))
	for _, send := range sends {
		at := t.dueAt(send.Send)
		if before, known := due[send.Conversation]; !known || at < before {
			due[send.Conversation] = at
		}
		var started int64
		if send.started {
			started = micros(t.now)
		}
		rows = append(rows, []any{send.PageID, send.PersonID, send.Key, send.Group, send.Body, int64(send.Delay), at, started})
	}
	for _, op := range commits {
		delete(due, op.outcome.Lease.Conversation)
	}
	if err := t.wait(due); err != nil {
		return err
	}
	return t.change(addSends, rows)
}

// Cancel implements [store.Queuer].
func (s *Store) Cancel(ctx context.Context, conv store.Conversation, key string) (bool, error) {
	op := &operation{writes: []store.Write{store.CancelSend{Conversation: conv, Key: key}}}
	if err := s.writer.do(ctx, op); err != nil {
		return false, err
	}
	return op.found, nil
}

// cancelSends compares due with when a send is: one that is due and whose
// conversation is leased may be on its way.
var cancelSends = newSet("page_id TEXT, person_id TEXT, key TEXT, due BIGINT",
	`DELETE FROM messenger_outbox WHERE id IN (
		SELECT o.id FROM ROWS, messenger_outbox o WHERE o.page_id = r.page_id AND o.person_id = r.person_id
		AND (o.key = r.key OR o.group_key = r.key) AND o.started_at IS NULL AND (o.not_before > r.due OR NOT EXISTS (
			SELECT 1 FROM messenger_mailbox m WHERE m.page_id = o.page_id AND m.person_id = o.person_id AND m.lease_until IS NOT NULL)))
	RETURNING key`)

// cancel takes sends back, and frees their keys. Who holds the conversation may
// take back those that are due.
func (t *txn) cancel(c store.CancelSend, held store.Conversation) (bool, error) {
	due := micros(t.now)
	if c.Conversation == held {
		due = 0
	}
	found := false
	err := t.ask(cancelSends, [][]any{{c.PageID, c.PersonID, c.Key, due}}, func(rows database.Row) error {
		var key string
		err := rows.Scan(&key)
		t.freed[key] = true
		found = true
		return err
	})
	if err != nil || !found {
		return false, err
	}
	return true, t.rest(map[store.Conversation]bool{c.Conversation: true})
}
