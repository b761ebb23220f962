package sqlite

import (
	"encoding/json"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Due implements queue.Tx.
func (t *tx) Due(q *queue.DueQuery) (due []queue.DueRow, err error) {
	if err := t.wake(); err != nil {
		return nil, err
	}
	err = t.query(func(r *row) {
		due = append(due, queue.DueRow{})
		d := &due[len(due)-1]
		r.scan(0, append(d.Fields(t.list[:0]), &d.HasDueSends)...)
	}, dueConversations, q.Now, q.From, q.Until, list(q.Skip),
		&q.Suspects[0], &q.Suspects[1], &q.Suspects[2], &q.Limit)
	return due, err
}

// FirstDue implements queue.Tx.
func (t *tx) FirstDue(skip []string, from, until int64) (int64, error) {
	if err := t.wake(); err != nil {
		return 0, err
	}
	first := until
	err := t.query(func(r *row) { first = r.int(0) }, firstDue, from, until, list(skip))
	return first, err
}

// list is a JSON array.
func list(texts []string) string {
	text, err := json.Marshal(texts)
	if err != nil || texts == nil { // of strings it is never the first
		return "[]"
	}
	return string(text)
}

// Work implements queue.Tx.
func (t *tx) Work(wants []queue.WorkWant, limit int) (*queue.Work, error) {
	w := &queue.Work{
		Events: make([][]queue.EventRow, len(wants)), Raised: make([][]queue.RaisedRow, len(wants)),
		Sends: make([][]queue.SendRow, len(wants)), People: make([]*store.Person, len(wants)),
	}
	isDue, err := t.raisedDue()
	if err != nil {
		return nil, err
	}
	for i, want := range wants {
		if w.Events[i], err = t.headEvents(want.Conversation, limit); err != nil {
			return nil, err
		}
		if want.Sends {
			if w.Sends[i], err = t.dueSends(want.Conversation, limit); err != nil {
				return nil, err
			}
		}
		if isDue(want.Conversation) {
			if w.Raised[i], err = t.dueRaised(want.Conversation); err != nil {
				return nil, err
			}
		}
		if w.People[i], err = t.readPerson(want.Conversation); err != nil {
			return nil, err
		}
	}
	if err := t.exec(nextToken); err != nil {
		return nil, err
	}
	return w, t.query(func(r *row) { w.Token = r.int(0) }, readToken)
}

func (t *tx) headEvents(conv store.Conversation, limit int) (events []queue.EventRow, err error) {
	err = t.query(func(r *row) {
		events = append(events, queue.EventRow{Conversation: conv})
		ev := &events[len(events)-1]
		r.scan(0, &ev.Seq)
		r.scan(1, ev.Fields(t.list[:0])[2:]...)
	}, headEvents, conv.PageID, conv.PSID, int64(limit))
	return events, err
}

func (t *tx) dueSends(conv store.Conversation, limit int) (sends []queue.SendRow, err error) {
	err = t.query(func(r *row) {
		sends = append(sends, queue.SendRow{Conversation: conv})
		t.scanSend(r, &sends[len(sends)-1])
	}, dueSends, conv.PageID, conv.PSID, t.now, int64(limit))
	return sends, err
}
