package sqlite

import (
	"fmt"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Forget implements queue.Tx. The keeper overwrites afterwards what SQLite leaves of the rows in its files.
func (t *tx) Forget(convs []store.Conversation) (events map[string]int, err error) {
	events = map[string]int{}
	if err := t.indexSent(); err != nil {
		return nil, err
	}
	for _, conv := range convs {
		t.people.remove(conv)
		n, err := t.change(forgetEvents, conv.PageID, conv.PSID)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			events[conv.PageID] += int(n)
		}
		for _, text := range forgetPerson {
			if err := t.exec(text, conv.PageID, conv.PSID); err != nil {
				return nil, err
			}
		}
	}
	if err := t.exec(lowerIndexed); err != nil {
		return nil, err
	}
	if len(convs) > 0 {
		err = t.exec(oweSweep)
	}
	return events, err
}

// Expire implements queue.Tx.
func (t *tx) Expire(what queue.Expiring, before int64, limit int) (int, error) {
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
		return 0, fmt.Errorf("sqlite: nothing of kind %d expires", what)
	}
	n, err := t.change(text, before, int64(limit))
	return int(n), err
}

// PurgeOldest implements queue.Tx.
func (t *tx) PurgeOldest(what queue.Aging, after, before int64, limit int) (last int64, older bool, err error) {
	if what == queue.AgingSent {
		return t.purgeSent(after, before, limit)
	}
	err = t.query(func(r *row) {
		last = r.int(0)
		older = older || r.int(1) < before
	}, oldestKeys, after, int64(limit))
	if err == nil && older {
		err = t.exec(purgeKeys, after, last, before)
	}
	return last, older, err
}

// WithDeadLetters implements queue.Tx.
func (t *tx) WithDeadLetters(convs []store.Conversation) (map[store.Conversation]bool, error) {
	wanted, pages := map[store.Conversation]bool{}, map[string]bool{}
	for _, conv := range convs {
		wanted[conv], pages[conv.PageID] = true, true
	}
	with := map[store.Conversation]bool{}
	for page := range pages {
		err := t.query(func(r *row) {
			if conv := (store.Conversation{PageID: page, PSID: r.text(0)}); wanted[conv] {
				with[conv] = true
			}
		}, deadLettersOf, page)
		if err != nil {
			return nil, err
		}
	}
	return with, nil
}

// DeadLetter implements queue.Tx.
func (t *tx) DeadLetter(id int64) (letter *queue.DeadRow, err error) {
	err = t.query(func(r *row) {
		letter = &queue.DeadRow{ID: id}
		r.scan(0, letter.Fields(nil)...)
	}, readDeadLetter, id)
	return letter, err
}

// LastOrder implements queue.Tx.
func (t *tx) LastOrder(conv store.Conversation) (last int64, err error) {
	err = t.query(func(r *row) { last = r.int(0) }, lastOrder, conv.PageID, conv.PSID)
	return last, err
}
