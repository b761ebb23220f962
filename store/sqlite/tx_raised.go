package sqlite

import (
	"slices"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// readRaised reads the raised events that are wanted of a conversation. Where none waits there is no row.
func (t *tx) readRaised(want queue.RaisedWant, s *queue.State) error {
	s.RaisedRead = true
	if s.RaisedNext == 0 {
		return nil
	}
	found := false
	add := func(r *row) {
		raised := &queue.RaisedRow{}
		t.scanRaised(want.Conversation, r, raised)
		s.Raised = append(s.Raised, raised)
		found = found || raised.ID == want.ID
	}
	limit, bodies := int64(2), int64(0) // nothing is due so early: no bodies
	switch {
	case want.All:
		limit = -1
	case want.Next:
		bodies = t.now
	}
	if err := t.query(add, readRaised, want.PageID, want.PSID, limit, bodies); err != nil {
		return err
	}
	if want.All && want.Next {
		if err := t.readBodies(want.Conversation, s); err != nil {
			return err
		}
	}
	if found || want.ID == 0 {
		return nil
	}
	return t.query(add, raisedEvent, want.PageID, want.PSID, want.ID)
}

// readBodies reads the bodies of those of the first two raised events that are due.
func (t *tx) readBodies(conv store.Conversation, s *queue.State) error {
	due, err := t.dueRaised(conv)
	for i := range due {
		s.Raised[i].Body = due[i].Body // both are in the order of the due times
	}
	return err
}

// scanRaised scans the columns behind the conversation, after the id.
func (t *tx) scanRaised(conv store.Conversation, r *row, raised *queue.RaisedRow) {
	raised.Conversation = conv
	r.scan(0, &raised.ID)
	r.scan(1, raised.Fields(t.list[:0])[2:]...)
}

func (t *tx) dueRaised(conv store.Conversation) (due []queue.RaisedRow, err error) {
	err = t.query(func(r *row) {
		due = append(due, queue.RaisedRow{})
		t.scanRaised(conv, r, &due[len(due)-1])
	}, dueRaised, conv.PageID, conv.PSID, t.now)
	return due, err
}

// fewRaised is how many raised events are due at most where claims look for them together. Otherwise they look in each conversation, for
// which they read a page of the index of all timers.
const fewRaised = 16

// raisedDue returns whether a raised event of a conversation may be due.
func (t *tx) raisedDue() (isDue func(store.Conversation) bool, err error) {
	var due []store.Conversation
	err = t.query(func(r *row) {
		due = append(due, store.Conversation{PageID: r.text(0), PSID: r.text(1)})
	}, raisedDue, t.now, int64(fewRaised+1))
	return func(conv store.Conversation) bool { return len(due) > fewRaised || slices.Contains(due, conv) }, err
}

// Unscheduled implements queue.Tx: no other process uses the file.
func (t *tx) Unscheduled(int) ([]store.Conversation, error) { return nil, nil }
