package postgres

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// DeadLetter implements queue.Tx.
func (t *tx) DeadLetter(id int64) (letter *queue.DeadRow, err error) {
	err = t.ask(readLetter, func(rows pgx.Rows) error {
		letter = &queue.DeadRow{ID: id}
		return scan(rows, letter.Fields(nil)...)
	}, id)
	return letter, err
}

// WithDeadLetters implements queue.Tx.
func (t *tx) WithDeadLetters(convs []store.Conversation) (map[store.Conversation]bool, error) {
	with := map[store.Conversation]bool{}
	if len(convs) == 0 {
		return with, t.err
	}
	asked := make(map[store.Conversation]bool, len(convs))
	pages := map[string]bool{}
	var pageIDs []string
	for _, conv := range convs {
		asked[conv] = true
		if !pages[conv.PageID] {
			pages[conv.PageID] = true
			pageIDs = append(pageIDs, conv.PageID)
		}
	}
	err := t.ask(conversationsWithLetters, func(rows pgx.Rows) error {
		var conv store.Conversation
		err := rows.Scan(&conv.PageID, &conv.PSID)
		if asked[conv] {
			with[conv] = true
		}
		return err
	}, pageIDs)
	return with, err
}

// LastOrder implements queue.Tx.
func (t *tx) LastOrder(conv store.Conversation) (last int64, err error) {
	err = t.ask(lastOrder, func(rows pgx.Rows) error { return rows.Scan(&last) }, conv.PageID, conv.PSID)
	return last, err
}

// Forget implements queue.Tx.
func (t *tx) Forget(convs []store.Conversation) (events map[string]int, err error) {
	events = map[string]int{}
	for _, conv := range convs {
		for _, text := range []string{
			forgetConversation, forgetSends, forgetRaised, forgetLetters, forgetPerson, forgetLocations, forgetReceived, forgetSent,
			forgetSessions,
		} {
			t.change(text, conv.PageID, conv.PSID)
		}
		t.later(statement{text: forgetEvents, args: []any{conv.PageID, conv.PSID}, changed: func(n int64) error {
			if n > 0 {
				events[conv.PageID] += int(n)
			}
			return nil
		}})
	}
	return events, t.sync()
}

// PeopleAfter implements queue.Tx.
func (t *tx) PeopleAfter(after store.Conversation, limit int) (people []store.Person, err error) {
	err = t.ask(peopleAfter, func(rows pgx.Rows) error {
		people = append(people, store.Person{})
		return scan(rows, queue.SeenFields(&people[len(people)-1], nil)...)
	}, after.PageID, after.PSID, int64(limit))
	return people, err
}

// Expire implements queue.Tx.
func (t *tx) Expire(what queue.Expiring, before int64, limit int) (n int, err error) {
	var text string
	switch what {
	case queue.ExpiringSessions:
		text = expireSessions
	case queue.ExpiringAttachments:
		text = expireAttachments
	case queue.ExpiringConversations:
		text = expireConversations
	case queue.ExpiringReceived:
		text = expireReceived
	case queue.ExpiringBroadcasts:
		text = expireBroadcasts
	case queue.ExpiringRecipients:
		text = expireRecipients
	case queue.ExpiringDrafts:
		text = expireDrafts
	default:
		return 0, fmt.Errorf("postgres: nothing of kind %d expires", what)
	}
	t.later(statement{text: text, args: []any{before, int64(limit)}, changed: func(changed int64) error {
		n = int(changed)
		return nil
	}})
	err = t.sync()
	return n, err
}

// PurgeOldest implements queue.Tx.
func (t *tx) PurgeOldest(what queue.Aging, after, before int64, limit int) (last int64, older bool, err error) {
	var oldest, purge string
	switch what {
	case queue.AgingSent:
		oldest, purge = oldestSent, purgeSent
	case queue.AgingKeys:
		oldest, purge = oldestKeys, purgeKeys
	default:
		return 0, false, fmt.Errorf("postgres: nothing of kind %d ages", what)
	}
	err = t.ask(oldest, func(rows pgx.Rows) error {
		var at int64
		err := rows.Scan(&last, &at)
		older = older || at < before
		return err
	}, after, int64(limit))
	if err == nil && older {
		if what == queue.AgingKeys {
			t.change(hashKeys)
		}
		t.change(purge, after, last, before)
	}
	return last, older, err
}

// Heartbeat implements queue.Tx.
func (t *tx) Heartbeat(replica store.Replica, until int64) (all []store.Replica, err error) {
	pages, busy, err := queue.EncodePages(replica)
	if err != nil {
		return nil, err
	}
	now := t.Now()
	t.change(saveReplica, replica.Owner, pages, busy, t.conn.holder, until)
	t.change(expireReplicas, now)
	err = t.ask(readReplicas, func(rows pgx.Rows) error {
		var r store.Replica
		var pages, busy string
		if err := rows.Scan(&r.Owner, &pages, &busy); err != nil {
			return err
		}
		all = append(all, r)
		last := &all[len(all)-1]
		return queue.DecodePages(last, pages, busy)
	}, now)
	return all, err
}

// OnceRow implements queue.Tx.
func (t *tx) OnceRow(name string) (row queue.OnceRow, err error) {
	t.change(lockOnce, name)
	err = t.ask(readOnce, func(rows pgx.Rows) error {
		return scan(rows, row.Fields(nil)...)
	}, name)
	if row == (queue.OnceRow{Name: name}) {
		return queue.OnceRow{}, err // the lock made it
	}
	return row, err
}
