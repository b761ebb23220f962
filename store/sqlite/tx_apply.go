package sqlite

import (
	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Apply implements queue.Tx.
func (t *tx) Apply(c *queue.Changes) error {
	for _, apply := range []func(*queue.Changes) error{t.applyEvents, t.applyPeople, t.applyConversations} {
		if err := apply(c); err != nil {
			return err
		}
	}
	return nil
}

// each runs a statement for each row, with its fields as arguments. After an error it does nothing.
func each[R any](t *tx, err *error, text string, rows []R, fields func(row *R, to []any) []any) {
	for i := range rows {
		if *err != nil {
			return
		}
		*err = t.exec(text, fields(&rows[i], t.list[:0])...)
	}
}

// eachOf is the same for rows that are pointers.
func eachOf[R any](t *tx, err *error, text string, rows []*R, fields func(row *R, to []any) []any) {
	each(t, err, text, rows, func(row **R, to []any) []any { return fields(*row, to) })
}

func number(n *int64, to []any) []any { return append(to, n) }

func (t *tx) applyEvents(c *queue.Changes) (err error) {
	each(t, &err, addDeadLetter, c.EventsDead, (*queue.DeadRow).Burial)
	each(t, &err, retryEvent, c.EventsRetried, (*queue.Retried).Fields)
	each(t, &err, deleteEvent, c.EventsDone, number)
	each(t, &err, deleteSend, c.SendsGone, number)
	eachOf(t, &err, changeSend, c.SendsChanged, (*queue.SendRow).Changes)
	eachOf(t, &err, addSend, c.SendsAdded, (*queue.SendRow).Fields)
	each(t, &err, deleteDeadLetter, c.LettersGone, number)
	each(t, &err, addEvent, c.EventsAdded, (*queue.EventRow).Fields)
	each(t, &err, addRaisedLetter, c.RaisedDead, (*queue.RaisedDead).Burial)
	each(t, &err, retryRaised, c.RaisedRetried, (*queue.Retried).Fields)
	each(t, &err, deleteRaised, c.RaisedGone, number)
	eachOf(t, &err, addRaised, c.RaisedAdded, (*queue.RaisedRow).Fields)
	return err
}

func (t *tx) applyPeople(c *queue.Changes) (err error) {
	eachOf(t, &err, savePerson, c.People, queue.PersonFields)
	eachOf(t, &err, saveActs, c.Acts, queue.ActFields)
	for _, people := range [...][]*store.Person{c.People, c.Acts} {
		for _, p := range people {
			t.people.put(p)
		}
	}
	each(t, &err, saveSession, c.Sessions, queue.SessionFields)
	each(t, &err, deleteSession, c.SessionsGone, (*queue.SessionKey).Fields)
	each(t, &err, addLocation, c.Locations, queue.LocationFields)
	each(t, &err, addReceived, c.Received, queue.ReceivedFields)
	if err == nil {
		err = t.addSent(c.Sent)
	}
	return err
}

func (t *tx) applyConversations(c *queue.Changes) (err error) {
	each(t, &err, saveOnce, c.Once, (*queue.OnceRow).Fields)
	eachOf(t, &err, saveBroadcast, c.Broadcasts, (*queue.BroadcastRow).Fields)
	each(t, &err, saveRecipient, c.Recipients, (*queue.RecipientRow).Fields)
	each(t, &err, endRecipient, c.RecipientEnds, (*queue.RecipientEnd).Fields)
	eachOf(t, &err, addConversation, c.ConversationsAdded, (*queue.ConversationRow).Fields)
	for _, row := range c.Conversations {
		if err == nil {
			err = t.saveConversation(row)
		}
	}
	for _, row := range c.ConversationsDormant {
		if err == nil {
			err = t.saveDormant(row)
		}
	}
	each(t, &err, deleteConversation, c.ConversationsGone, queue.ConversationFields)
	each(t, &err, saveAttachment, c.Attachments, queue.AttachmentFields)
	each(t, &err, saveEchoed, c.Echoed, (*queue.PageTime).Fields)
	for _, u := range c.Unsent {
		if err == nil {
			err = t.unsend(u)
		}
	}
	each(t, &err, deleteKey, c.KeysFreed, (*queue.Key).Fields)
	return err
}

// unsend deletes what was unsent, and counts the events that waited.
func (t *tx) unsend(u *queue.Unsent) (err error) {
	run := func(text string, args ...any) (n int64) {
		if err == nil {
			n, err = t.change(text, args...)
		}
		return n
	}
	for _, key := range u.Keys {
		u.Events += run(unsendEvent, u.PageID, u.PSID, key)
		run(unsendDeadLetter, u.PageID, u.PSID, key)
		run(unsendReceived, u.PageID, u.PSID, key)
	}
	if size := int64(len(u.Edits)); size > 0 {
		u.Events += run(unsendEdits, u.PageID, u.PSID, u.Edits, size)
		run(unsendDeadEdits, u.PageID, u.PSID, u.Edits, size)
		run(unsendReceivedEdit, u.PageID, u.PSID, u.Edits, size)
	}
	if u.MID != "" {
		run(unsendLocations, u.PageID, u.PSID, u.MID)
	}
	return err
}
