package postgres

import (
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// broadcastRows runs a statement that reads broadcasts.
func (t *tx) broadcastRows(text string, args ...any) (rows []*queue.BroadcastRow, err error) {
	err = t.ask(text, func(found pgx.Rows) error {
		b := &queue.BroadcastRow{}
		rows = append(rows, b)
		return scan(found, b.Fields(nil)...)
	}, args...)
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
func (t *tx) Broadcast(id string, lock queue.BroadcastLock) (*queue.BroadcastRow, error) {
	switch lock {
	case queue.Exclusive:
		return t.broadcast(lockBroadcast, id)
	case queue.Shared:
		return t.broadcast(shareBroadcast, id)
	case queue.Unlocked:
	}
	return t.broadcast(readBroadcast, id)
}

// BroadcastNamed implements queue.Tx.
func (t *tx) BroadcastNamed(pageID, key string) (*queue.BroadcastRow, error) {
	return t.broadcast(broadcastNamed, pageID, key)
}

// Broadcasts implements queue.Tx.
func (t *tx) Broadcasts(query store.BroadcastQuery) ([]*queue.BroadcastRow, error) {
	before := queue.Micros(query.After.StartedAt)
	if before == 0 {
		before = math.MaxInt64
	}
	args := []any{before, query.After.ID, int64(query.Most())}
	switch {
	case query.Open:
		return t.broadcastRows(openBroadcasts, append(args, query.PageID)...)
	case query.PageID != "":
		return t.broadcastRows(pageBroadcasts, append(args, query.PageID)...)
	}
	return t.broadcastRows(allBroadcasts, args...)
}

// AddRecipients implements queue.Tx.
func (t *tx) AddRecipients(id, pageID string, psids []string) (added int, err error) {
	t.later(statement{text: addRecipients, args: []any{id, pageID, psids}, changed: func(n int64) error {
		added = int(n)
		return nil
	}})
	err = t.sync()
	return added, err
}

// Recipients implements queue.Tx.
func (t *tx) Recipients(id string, stage store.RecipientStage, limit int) (psids []string, err error) {
	text, args := recipientsIn, []any{id, int64(stage), int64(limit)}
	if stage == store.RecipientLost {
		text, args[1] = recipientsLost, store.BroadcastGroup(id)
	}
	return t.texts(text, args...)
}

// texts runs a statement that reads one column.
func (t *tx) texts(text string, args ...any) (all []string, err error) {
	err = t.ask(text, func(rows pgx.Rows) error {
		var one string
		err := rows.Scan(&one)
		all = append(all, one)
		return err
	}, args...)
	return all, err
}

// RecipientsOf implements queue.Tx.
func (t *tx) RecipientsOf(id string, psids []string) (all []queue.RecipientRow, err error) {
	err = t.ask(readRecipients, func(rows pgx.Rows) error {
		all = append(all, queue.RecipientRow{})
		return scan(rows, all[len(all)-1].Fields(nil)[2:]...)
	}, id, psids)
	return all, err
}

// counts runs a statement that counts recipients.
func (t *tx) counts(text string, args ...any) (all []queue.RecipientCount, err error) {
	err = t.ask(text, func(rows pgx.Rows) error {
		var c queue.RecipientCount
		err := rows.Scan(&c.Stage, &c.Result, &c.N)
		all = append(all, c)
		return err
	}, args...)
	return all, err
}

// CountRecipients implements queue.Tx.
func (t *tx) CountRecipients(id string) ([]queue.RecipientCount, error) {
	return t.counts(countRecipients, id)
}

// TakeEnded implements queue.Tx.
func (t *tx) TakeEnded(id string, limit int) ([]queue.RecipientCount, error) {
	return t.counts(takeEnded, id, int64(limit))
}

// TakeRecipients implements queue.Tx.
func (t *tx) TakeRecipients(id string, convs []store.Conversation) ([]queue.RecipientCount, error) {
	return t.counts(takeRecipients, append([]any{id}, columns(convs, queue.ConversationFields)...)...)
}

// BroadcastsOf implements queue.Tx.
func (t *tx) BroadcastsOf(convs []store.Conversation) ([]string, error) {
	if len(convs) == 0 {
		return nil, t.err
	}
	return t.texts(broadcastsOf, columns(convs, queue.ConversationFields)...)
}

// PeopleOf implements queue.Tx.
func (t *tx) PeopleOf(pageID, after string, limit int) (people []store.Person, err error) {
	err = t.ask(peopleOf, func(rows pgx.Rows) error {
		people = append(people, store.Person{})
		return scan(rows, queue.PersonFields(&people[len(people)-1], nil)...)
	}, pageID, after, int64(limit))
	return people, err
}
