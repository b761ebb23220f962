package gormstore

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// Put implements [store.Queuer].
func (s *Store) Put(ctx context.Context, events ...store.Event) error {
	for _, ev := range events {
		if ev.Key == "" {
			return errors.New("store: an event without a key")
		}
	}
	if len(events) == 0 {
		return s.touch(ctx)
	}
	events = slices.Clone(events)
	for i := range events {
		events[i].Body = slices.Clone(events[i].Body)
	}
	return s.writer.do(ctx, &operation{events: events})
}

// put files the events whose keys are fresh. Their conversations are taken before
// they get their numbers, so that none is released over an event's head.
func (t *txn) put(puts []*operation) error {
	var fresh []store.Event
	for _, op := range puts {
		for _, ev := range op.events {
			if !t.isUnsent(ev) && t.keys.take(seenKey{seenEvent, ev.Key}) {
				fresh = append(fresh, ev)
			}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	t.hint = true
	if err := t.confirm(fresh); err != nil {
		return err
	}
	arrived := fresh // an echo that is unsent at once still proves a send
	fresh = store.WithoutUnsent(fresh)
	if err := t.unsend(fresh); err != nil {
		return err
	}
	due := map[store.Conversation]int64{}
	rows := make([][]any, 0, len(fresh))
	for _, ev := range fresh {
		due[ev.Conversation] = micros(t.now)
		t.delta[ev.PageID]++
		rows = append(rows, t.eventRow(ev, micros(ev.Time), ""))
	}
	if err := t.wait(due); err != nil {
		return err
	}
	if err := t.change(addEvents, rows); err != nil {
		return err
	}
	return t.echoed(arrived)
}

var addEvents = newSet(
	"page_id TEXT, person_id TEXT, key TEXT, order_at BIGINT, event_at BIGINT, body BYTES, confirms TEXT, only_routes TEXT, received_at BIGINT",
	`INSERT INTO messenger_inbox (page_id, person_id, key, order_at, event_at, body, confirms, attempts, only_routes, received_at)
	SELECT r.page_id, r.person_id, r.key, r.order_at, r.event_at, r.body, r.confirms, 0, r.only_routes, r.received_at FROM ROWS`)

func (t *txn) eventRow(ev store.Event, order int64, only string) []any {
	return []any{ev.PageID, ev.PersonID, ev.Key, order, micros(ev.Time), ev.Body, ev.EchoOf, only, micros(t.now)}
}

// A conversation that is held meanwhile becomes due when it no longer is. Where the
// conversations are locked they are there.
var dueConversations = newSet("page_id TEXT, person_id TEXT, at BIGINT",
	`UPDATE messenger_mailbox SET next_at = CASE WHEN messenger_mailbox.hold_until > r.at THEN messenger_mailbox.hold_until ELSE r.at END
	FROM ROWS WHERE messenger_mailbox.page_id = r.page_id AND messenger_mailbox.person_id = r.person_id
		AND (messenger_mailbox.next_at IS NULL OR messenger_mailbox.next_at > r.at AND messenger_mailbox.next_at > messenger_mailbox.hold_until)`)

var waitConversations = newSet("page_id TEXT, person_id TEXT, at BIGINT",
	`INSERT INTO messenger_mailbox (page_id, person_id, next_at, hold_until, owner, holder, epoch, starts)
	SELECT r.page_id, r.person_id, r.at, 0, '', 0, 0, 0 FROM ROWS WHERE TRUE
	ON CONFLICT (page_id, person_id) DO UPDATE SET next_at =
		CASE WHEN messenger_mailbox.hold_until > excluded.next_at THEN messenger_mailbox.hold_until ELSE excluded.next_at END
	WHERE messenger_mailbox.next_at IS NULL OR messenger_mailbox.next_at > excluded.next_at
		AND messenger_mailbox.next_at > messenger_mailbox.hold_until`)

// wait notes when something in each conversation is due: at that time, or when
// the conversation is no longer held.
func (t *txn) wait(due map[store.Conversation]int64) error {
	rows := make([][]any, 0, len(due))
	for conv, at := range due {
		rows = append(rows, []any{conv.PageID, conv.PersonID, at})
	}
	if t.w.db.Cluster != nil {
		return t.change(dueConversations, rows)
	}
	return t.change(waitConversations, rows)
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

var findSends = newSet("key TEXT",
	`SELECT o.page_id, o.person_id, o.key FROM ROWS, messenger_outbox o WHERE o.key = r.key`)

// whoseSends finds the conversations of the sends that echoes may settle.
func (t *txn) whoseSends(ops []*operation) error {
	return t.askLater(findSends, echoes(ops, func(ev store.Event) []any { return []any{ev.EchoOf} }), func(found database.Row) error {
		var conv store.Conversation
		var key string
		err := found.Scan(&conv.PageID, &conv.PersonID, &key)
		t.found.whose[conv] = true
		return err
	})
}

// echoes makes a row of each event that proves a send.
func echoes(ops []*operation, row func(store.Event) []any) (rows [][]any) {
	for _, op := range ops {
		for _, ev := range op.events {
			if ev.EchoOf != "" {
				rows = append(rows, row(ev))
			}
		}
	}
	return rows
}

var startedSends = newSet("key TEXT, page_id TEXT",
	`SELECT o.page_id, o.person_id, o.key FROM ROWS, messenger_outbox o
	WHERE o.key = r.key AND o.page_id = r.page_id AND o.started_at IS NOT NULL`)

func (t *txn) readStarted(puts []*operation) error {
	rows := echoes(puts, func(ev store.Event) []any { return []any{ev.EchoOf, ev.PageID} })
	return t.askLater(startedSends, rows, func(found database.Row) error {
		var s startedSend
		err := found.Scan(&s.PageID, &s.PersonID, &s.key)
		t.found.started = append(t.found.started, s)
		return err
	})
}

// errStartedMeanwhile reports that a send which an echo settles was started by
// another process after this transaction had asked whose it is. Its conversation is not
// among those that are locked, and to lock it now would break the order of locks.
var errStartedMeanwhile = errors.New("store: an echo settles a send that was started meanwhile")

// confirm settles the sends that echoes prove to have arrived.
func (t *txn) confirm(events []store.Event) error {
	type echo struct{ key, page string }
	arrived := map[echo]bool{}
	for _, ev := range events {
		arrived[echo{ev.EchoOf, ev.PageID}] = true
	}
	var settled, rested [][]any
	for _, s := range t.found.started {
		if !arrived[echo{s.key, s.PageID}] || t.over[s.key] {
			continue
		}
		if t.w.db.Cluster != nil && !t.found.whose[s.Conversation] {
			return errStartedMeanwhile
		}
		t.over[s.key] = true
		settled = append(settled, []any{s.key, s.PageID, s.PersonID})
		rested = append(rested, []any{s.PageID, s.PersonID, micros(t.now)})
		t.pending.sent = append(t.pending.sent, sentRowOf(store.Sent{
			PageID: s.PageID, PSID: s.PersonID, Key: s.key, Outcome: store.OutcomeEchoed, At: t.now,
		}))
	}
	if err := t.change(finishSends, settled); err != nil {
		return err
	}
	if err := t.change(wakeConversations, rested); err != nil {
		return err
	}
	return t.flush()
}

// A conversation that was given back to rest did so for the send that its echo
// has settled.
var wakeConversations = newSet("page_id TEXT, person_id TEXT, now BIGINT",
	`UPDATE messenger_mailbox SET hold_until = 0, next_at = CASE WHEN EXISTS (
			SELECT 1 FROM messenger_inbox i WHERE i.page_id = messenger_mailbox.page_id AND i.person_id = messenger_mailbox.person_id)
		THEN r.now ELSE (SELECT CASE WHEN MIN(o.not_before) < r.now THEN r.now ELSE MIN(o.not_before) END FROM messenger_outbox o
			WHERE o.page_id = messenger_mailbox.page_id AND o.person_id = messenger_mailbox.person_id) END
	FROM ROWS WHERE messenger_mailbox.page_id = r.page_id AND messenger_mailbox.person_id = r.person_id`)

// What is left was due no earlier than the conversation was: an older due time can be from
// before a rest, and claims may begin after it.
var restConversations = newSet("page_id TEXT, person_id TEXT",
	`UPDATE messenger_mailbox SET next_at = (
		SELECT CASE WHEN MIN(o.not_before) < messenger_mailbox.hold_until THEN messenger_mailbox.hold_until
			WHEN MIN(o.not_before) < messenger_mailbox.next_at THEN messenger_mailbox.next_at ELSE MIN(o.not_before) END
		FROM messenger_outbox o WHERE o.page_id = messenger_mailbox.page_id AND o.person_id = messenger_mailbox.person_id)
	FROM ROWS WHERE messenger_mailbox.page_id = r.page_id AND messenger_mailbox.person_id = r.person_id AND NOT EXISTS (
		SELECT 1 FROM messenger_inbox i WHERE i.page_id = messenger_mailbox.page_id AND i.person_id = messenger_mailbox.person_id)`)

// rest works out anew when conversations without events are due, after sends
// of them have gone.
func (t *txn) rest(convs map[store.Conversation]bool) error {
	rows := make([][]any, 0, len(convs))
	for conv := range convs {
		rows = append(rows, []any{conv.PageID, conv.PersonID})
	}
	return t.change(restConversations, rows)
}
