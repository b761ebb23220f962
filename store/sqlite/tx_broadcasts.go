package sqlite

import (
	"math"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// broadcastRows runs a statement that reads broadcasts.
func (t *tx) broadcastRows(text string, args ...any) (rows []*queue.BroadcastRow, err error) {
	err = t.query(func(r *row) {
		b := &queue.BroadcastRow{}
		r.scan(0, b.Fields(t.list[:0])...)
		rows = append(rows, b)
	}, text, args...)
	return rows, err
}

func (t *tx) broadcast(text string, args ...any) (*queue.BroadcastRow, error) {
	rows, err := t.broadcastRows(text, args...)
	if len(rows) == 0 {
		return nil, err
	}
	return rows[0], err
}

// Broadcast implements queue.Tx.
func (t *tx) Broadcast(id string, _ queue.BroadcastLock) (*queue.BroadcastRow, error) {
	return t.broadcast(readBroadcast, id)
}

// BroadcastNamed implements queue.Tx.
func (t *tx) BroadcastNamed(pageID, key string) (*queue.BroadcastRow, error) {
	return t.broadcast(broadcastNamed, pageID, key)
}

// Broadcasts implements queue.Tx.
func (t *tx) Broadcasts(query store.BroadcastQuery) ([]*queue.BroadcastRow, error) {
	text, before := allBroadcasts, queue.Micros(query.After.StartedAt)
	switch {
	case query.Open:
		text = openBroadcasts
	case query.PageID != "":
		text = pageBroadcasts
	}
	if before == 0 {
		before = math.MaxInt64
	}
	return t.broadcastRows(text, before, query.After.ID, query.PageID, int64(query.Most()))
}

// AddRecipients implements queue.Tx.
func (t *tx) AddRecipients(id, pageID string, psids []string) (added int, err error) {
	for _, psid := range psids {
		n, err := t.change(addRecipient, id, pageID, psid)
		if err != nil {
			return added, err
		}
		added += int(n)
	}
	return added, nil
}

// Recipients implements queue.Tx.
func (t *tx) Recipients(id string, stage store.RecipientStage, limit int) (psids []string, err error) {
	add := func(r *row) { psids = append(psids, r.text(0)) }
	if stage == store.RecipientLost {
		return psids, t.query(add, recipientsLost, id, store.BroadcastGroup(id), int64(limit))
	}
	err = t.query(add, recipientsIn, id, int64(stage), int64(limit))
	return psids, err
}

// RecipientsOf implements queue.Tx.
func (t *tx) RecipientsOf(id string, psids []string) (rows []queue.RecipientRow, err error) {
	for _, psid := range psids {
		err := t.query(func(r *row) {
			rows = append(rows, queue.RecipientRow{})
			r.scan(0, rows[len(rows)-1].Fields(t.list[:0])[2:]...)
		}, readRecipient, id, psid)
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// CountRecipients implements queue.Tx.
func (t *tx) CountRecipients(id string) (counts []queue.RecipientCount, err error) {
	err = t.query(func(r *row) {
		counts = append(counts, queue.RecipientCount{Stage: r.int(0), Result: r.int(1), N: r.int(2)})
	}, countRecipients, id)
	return counts, err
}

// TakeEnded implements queue.Tx.
func (t *tx) TakeEnded(id string, limit int) (counts []queue.RecipientCount, err error) {
	var psids []string
	err = t.query(func(r *row) {
		psids = append(psids, r.text(0))
		counts = append(counts, queue.RecipientCount{Stage: int64(store.RecipientEnded), Result: r.int(1), N: 1})
	}, endedRecipients, id, int64(limit))
	for _, psid := range psids {
		if err == nil {
			err = t.exec(deleteRecipient, id, psid)
		}
	}
	return counts, err
}

// TakeRecipients implements queue.Tx.
func (t *tx) TakeRecipients(id string, convs []store.Conversation) (counts []queue.RecipientCount, err error) {
	for _, conv := range convs {
		before := len(counts)
		err := t.query(func(r *row) {
			counts = append(counts, queue.RecipientCount{Stage: r.int(0), Result: r.int(1), N: 1})
		}, pageRecipient, id, conv.PSID, conv.PageID)
		if err == nil && len(counts) > before {
			err = t.exec(deleteRecipient, id, conv.PSID)
		}
		if err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// BroadcastsOf implements queue.Tx.
func (t *tx) BroadcastsOf(convs []store.Conversation) (ids []string, err error) {
	for _, conv := range convs {
		if err := t.query(func(r *row) { ids = append(ids, r.text(0)) }, broadcastsOf, conv.PageID, conv.PSID); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// PeopleOf implements queue.Tx.
func (t *tx) PeopleOf(pageID, after string, limit int) (people []store.Person, err error) {
	err = t.query(func(r *row) {
		people = append(people, store.Person{})
		r.scan(0, queue.PersonFields(&people[len(people)-1], t.list[:0])...)
	}, peopleOf, pageID, after, int64(limit))
	return people, err
}
