package sqlite

import "github.com/djmessenger/messenger/internal/queue"

// Of a conversation in which nothing waits but timers that are not due there is no row: its timers say when it is due. So the table of
// conversations stays small however many timers wait, and the rows that claims and commits change lie close together. The first claim
// after a timer has become due makes the row; until then what reads the conversation makes it of the timer.

// saveDormant writes the row of such a conversation, by deleting what there is of it. After a step of the clock back that is too small to
// be noticed, claims may have passed the due time already: then the row is needed.
func (t *tx) saveDormant(row *queue.ConversationRow) error {
	if err := t.exec(deleteConversation, row.PageID, row.PSID); err != nil || row.DueAt() > t.woken {
		return err
	}
	return t.exec(addConversation, row.Fields(t.list[:0])...)
}

// saveConversation writes a row that was there. The transaction itself may have deleted it: saveDormant has, if the conversation was
// dormant when a user's function was called.
func (t *tx) saveConversation(row *queue.ConversationRow) error {
	changed, err := t.change(saveConversation, row.Fields(t.list[:0])...)
	if err != nil || changed > 0 {
		return err
	}
	return t.exec(addConversation, row.Fields(t.list[:0])...)
}

// readDormant makes the row of a conversation that has none, if timers wait in it.
func (t *tx) readDormant(s *queue.State) error {
	return t.query(func(r *row) {
		s.RaisedNext = r.int(0)
		s.NextAt = s.RaisedNext
	}, firstRaised, s.PageID, s.PSID)
}

// wake makes the rows of conversations of which a timer has become due since the last claim.
func (t *tx) wake() error {
	if t.now <= t.woken || t.wakes {
		return nil
	}
	t.wakes = true
	return t.exec(wakeConversations, t.woken, t.now)
}
