package gormstore

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/djmessenger/messenger/store"
)

// Kinds of deduplication keys.
const (
	seenEvent = 0
	seenSend  = 1
)

// Put implements [store.Queuer].
func (s *Store) Put(ctx context.Context, events ...store.Event) error {
	for _, ev := range events {
		if ev.Key == "" {
			return errors.New("store: an event without a key")
		}
	}
	if len(events) == 0 {
		return s.Ping(ctx)
	}
	events = slices.Clone(events)
	for i := range events {
		events[i].Body = slices.Clone(events[i].Body)
	}
	return s.do(ctx, func(t *txn) error { return t.put(events, s.config.backlog) })
}

// put locks what it needs in the order of keys, so that overlapping batches of
// several processes cannot wait for each other, and takes the mailboxes before
// it draws sequence numbers, so that none is released over an event's head.
func (t *txn) put(events []store.Event, bound int) error {
	fresh, err := t.freshEvents(events)
	if err != nil {
		return err
	}
	more := map[string]int{}
	for _, ev := range fresh {
		more[ev.PageID]++
	}
	var over []string
	for _, page := range slices.Sorted(maps.Keys(more)) {
		if t.waiting(page)+more[page] > bound {
			over = append(over, page)
		}
	}
	if len(over) > 0 {
		return &store.BacklogError{PageIDs: over, Bound: bound}
	}
	var convs []store.Conversation
	for _, ev := range fresh {
		if err := t.confirm(ev); err != nil {
			return err
		}
		convs = append(convs, ev.Conversation)
	}
	slices.SortFunc(convs, compareConversations)
	for _, conv := range slices.Compact(convs) {
		if err := t.wait(conv, micros(t.now)); err != nil {
			return err
		}
	}
	for _, ev := range fresh {
		if err := t.addEvent(ev, micros(ev.Time), nil); err != nil {
			return err
		}
	}
	t.hint = true
	return nil
}

// freshEvents marks events as seen and returns those that were not, in their
// own order.
func (t *txn) freshEvents(events []store.Event) ([]store.Event, error) {
	byKey := make([]int, len(events))
	for i := range byKey {
		byKey[i] = i
	}
	slices.SortStableFunc(byKey, func(a, b int) int { return cmp.Compare(events[a].Key, events[b].Key) })
	isFresh := make([]bool, len(events))
	for _, i := range byKey {
		fresh, err := t.see(seenEvent, events[i].Key)
		if err != nil {
			return nil, err
		}
		isFresh[i] = fresh
	}
	var fresh []store.Event
	for i, ev := range events {
		if isFresh[i] {
			fresh = append(fresh, ev)
		}
	}
	return fresh, nil
}

// see marks a key as seen. It reports whether it was not.
func (t *txn) see(kind int, key string) (bool, error) {
	n, err := t.exec("INSERT INTO messenger_seen (kind, key, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", kind, key, micros(t.now))
	return n > 0, err
}

func compareConversations(a, b store.Conversation) int {
	return cmp.Or(cmp.Compare(a.PageID, b.PageID), cmp.Compare(a.PersonID, b.PersonID))
}

// wait notes that something in a conversation is due at a time, or when the
// conversation is no longer held.
func (t *txn) wait(conv store.Conversation, at int64) error {
	_, err := t.exec(`INSERT INTO messenger_mailbox (page_id, person_id, next_at, hold_until, owner, epoch, starts)
		VALUES (?, ?, ?, 0, '', 0, 0)
		ON CONFLICT (page_id, person_id) DO UPDATE SET next_at =
			CASE WHEN messenger_mailbox.hold_until > excluded.next_at THEN messenger_mailbox.hold_until ELSE excluded.next_at END
		WHERE messenger_mailbox.next_at IS NULL OR messenger_mailbox.next_at > excluded.next_at
			AND messenger_mailbox.next_at > messenger_mailbox.hold_until`,
		conv.PageID, conv.PersonID, at)
	return err
}

// addEvent files an event in its conversation, whose mailbox is taken.
func (t *txn) addEvent(ev store.Event, order int64, only []string) error {
	routes, err := encodeRoutes(only)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO messenger_inbox
		(page_id, person_id, key, order_at, event_at, body, confirms, attempts, only_routes, received_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`,
		ev.PageID, ev.PersonID, ev.Key, order, micros(ev.Time), ev.Body, ev.Confirms, routes, micros(t.now))
	t.delta[ev.PageID]++
	return err
}

func encodeRoutes(routes []string) (string, error) {
	if len(routes) == 0 {
		return "", nil
	}
	text, err := json.Marshal(routes)
	return string(text), err
}

func decodeRoutes(text string) (routes []string, err error) {
	if text == "" {
		return nil, nil
	}
	err = json.Unmarshal([]byte(text), &routes)
	return routes, err
}

// confirm settles the send that an echo proves to have arrived.
func (t *txn) confirm(ev store.Event) error {
	if ev.Confirms == "" {
		return nil
	}
	conv := store.Conversation{PageID: ev.PageID}
	found, err := t.row([]any{&conv.PersonID},
		"DELETE FROM messenger_outbox WHERE key = ? AND page_id = ? AND started_at IS NOT NULL RETURNING person_id", ev.Confirms, ev.PageID)
	if err != nil || !found {
		return err
	}
	if err := t.rest(conv); err != nil {
		return err
	}
	return t.saveSent(store.Sent{PageID: conv.PageID, PSID: conv.PersonID, Key: ev.Confirms, Outcome: store.OutcomeEchoed, At: t.now})
}

// rest works out anew when a conversation without events is due, after a send
// of it has gone.
func (t *txn) rest(conv store.Conversation) error {
	_, err := t.exec(`UPDATE messenger_mailbox SET next_at = (
			SELECT CASE WHEN MIN(o.not_before) < messenger_mailbox.hold_until THEN messenger_mailbox.hold_until ELSE MIN(o.not_before) END
			FROM messenger_outbox o WHERE o.page_id = messenger_mailbox.page_id AND o.person_id = messenger_mailbox.person_id)
		WHERE page_id = ? AND person_id = ? AND NOT EXISTS (
			SELECT 1 FROM messenger_inbox i WHERE i.page_id = messenger_mailbox.page_id AND i.person_id = messenger_mailbox.person_id)`,
		conv.PageID, conv.PersonID)
	return err
}

// Enqueue implements [store.Queuer].
func (s *Store) Enqueue(ctx context.Context, sends ...store.Send) error {
	if err := checkSends(sends); err != nil {
		return err
	}
	sends = cloneSends(sends)
	return s.do(ctx, func(t *txn) error {
		fresh, err := t.freshGroups(sends)
		if err != nil {
			return err
		}
		return t.addSends(fresh)
	})
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

// freshGroups returns the sends without the groups whose head was seen before.
func (t *txn) freshGroups(sends []store.Send) ([]store.Send, error) {
	seen := map[string]bool{}
	for _, send := range sends {
		if send.Key != send.Group {
			continue
		}
		var one int
		found, err := t.row([]any{&one}, "SELECT 1 FROM messenger_seen WHERE kind = ? AND key = ?", seenSend, send.Key)
		if err != nil {
			return nil, err
		}
		seen[send.Group] = found
	}
	return slices.DeleteFunc(slices.Clone(sends), func(send store.Send) bool { return seen[send.Group] }), nil
}

func (t *txn) addSends(sends []store.Send) error {
	for _, send := range sends {
		fresh, err := t.see(seenSend, send.Key)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		notBefore := micros(t.now.Add(max(send.Delay, 0)))
		if err := t.wait(send.Conversation, notBefore); err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO messenger_outbox (page_id, person_id, key, group_key, body, delay, not_before, attempts)
			VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
			send.PageID, send.PersonID, send.Key, send.Group, send.Body, int64(send.Delay), notBefore); err != nil {
			return err
		}
		t.hint = true
	}
	return nil
}

// Cancel implements [store.Queuer].
func (s *Store) Cancel(ctx context.Context, conv store.Conversation, key string) (bool, error) {
	var found bool
	err := s.do(ctx, func(t *txn) error {
		var err error
		found, err = t.cancel(store.CancelSend{Conversation: conv, Key: key})
		return err
	})
	if err != nil {
		return false, err
	}
	return found, nil
}

// cancel takes sends back, and frees their keys. Who holds the conversation may
// take back those that are due.
func (t *txn) cancel(c store.CancelSend) (bool, error) {
	due := micros(t.now)
	if c.Conversation == t.held {
		due = 0
	}
	const which = ` WHERE page_id = ? AND person_id = ? AND (key = ? OR group_key = ?)
		AND started_at IS NULL AND (not_before > ? OR NOT EXISTS (
			SELECT 1 FROM messenger_mailbox m WHERE m.page_id = messenger_outbox.page_id
			AND m.person_id = messenger_outbox.person_id AND m.lease_until IS NOT NULL))`
	args := []any{c.PageID, c.PersonID, c.Key, c.Key, due}
	if _, err := t.exec("DELETE FROM messenger_seen WHERE kind = ? AND key IN (SELECT key FROM messenger_outbox"+which+")",
		append([]any{seenSend}, args...)...); err != nil {
		return false, err
	}
	n, err := t.exec("DELETE FROM messenger_outbox"+which, args...)
	if err != nil || n == 0 {
		return false, err
	}
	return true, t.rest(c.Conversation)
}

// countBacklog counts the waiting events by page.
func (w *writer) countBacklog() error {
	return w.session.rows(func(rows *sql.Rows) error {
		var page string
		var n int
		err := rows.Scan(&page, &n)
		w.backlog[page] = n
		return err
	}, "SELECT page_id, COUNT(*) FROM messenger_inbox GROUP BY page_id")
}
