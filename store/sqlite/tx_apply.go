package sqlite

import (
	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Apply implements queue.Tx.
func (t *tx) Apply(c *queue.Changes) error {
	for _, apply := range []func(*queue.Changes) error{
		t.applyEvents, t.applySends, t.addEvents, t.applyPeople, t.addRecords, t.applyConversations, t.applyPages, t.applyUnsent, t.freeKeys,
	} {
		if err := apply(c); err != nil {
			return err
		}
	}
	return nil
}

// each runs a statement for each item. Args appends its arguments to a list.
func each[T any](t *tx, text string, items []T, args func(a []any, item *T) []any) error {
	for i := range items {
		t.list = args(t.list[:0], &items[i])
		if err := t.exec(text, t.list...); err != nil {
			return err
		}
	}
	return nil
}

func number(a []any, n *int64) []any { return append(a, *n) }

func (t *tx) applyEvents(c *queue.Changes) error {
	err := each(t, addDeadLetter, c.EventsDead, func(a []any, d *queue.DeadRow) []any { return append(a, d.Seq, d.Attempts, d.Failures, d.At) })
	if err != nil {
		return err
	}
	if err := each(t, retryEvent, c.EventsRetried, number); err != nil {
		return err
	}
	return each(t, deleteEvent, c.EventsDone, number)
}

func (t *tx) applySends(c *queue.Changes) error {
	if err := each(t, deleteSend, c.SendsGone, number); err != nil {
		return err
	}
	err := each(t, changeSend, c.SendsChanged, func(a []any, s **queue.SendRow) []any { return append(a, (*s).ID, (*s).StartedAt, (*s).Attempts) })
	if err != nil {
		return err
	}
	return each(t, addSend, c.SendsAdded, func(a []any, p **queue.SendRow) []any {
		s := *p
		return append(a, s.PageID, s.PSID, s.Key, s.Group, s.Body, s.Delay, s.NotBefore, s.StartedAt, s.Attempts)
	})
}

func (t *tx) addEvents(c *queue.Changes) error {
	if err := each(t, deleteDeadLetter, c.LettersGone, number); err != nil {
		return err
	}
	return each(t, addEvent, c.EventsAdded, func(a []any, e *queue.EventRow) []any {
		return append(a, e.PageID, e.PSID, e.Key, e.OrderAt, e.EventAt, e.Body, e.EchoOf, e.Only, e.ReceivedAt)
	})
}

func (t *tx) applyPeople(c *queue.Changes) error {
	for _, p := range c.People {
		if err := t.savePerson(p); err != nil {
			return err
		}
	}
	err := each(t, saveActs, c.Acts, func(a []any, p **store.Person) []any {
		t.people.put(*p)
		return append(a, (*p).PageID, (*p).PSID, queue.Micros((*p).LastAct), queue.Micros((*p).UnavailableSince))
	})
	if err != nil {
		return err
	}
	err = each(t, saveSession, c.Sessions, func(a []any, s *store.Session) []any {
		return append(a, s.PageID, s.PSID, s.Name, []byte(s.Data), s.Version, queue.Micros(s.Expires))
	})
	if err != nil {
		return err
	}
	return each(t, deleteSession, c.SessionsGone, func(a []any, k *queue.SessionKey) []any { return append(a, k.PageID, k.PSID, k.Name) })
}

func (t *tx) addRecords(c *queue.Changes) error {
	err := each(t, addLocation, c.Locations, func(a []any, l *store.Location) []any {
		return append(a, l.PageID, l.PSID, l.Latitude, l.Longitude, l.Title, l.URL, l.MID, queue.Micros(l.At))
	})
	if err != nil {
		return err
	}
	err = each(t, addReceived, c.Received, func(a []any, r *store.Received) []any {
		return append(a, r.PageID, r.PSID, r.Key, r.Type, []byte(r.Body), queue.Micros(r.At), r.Object, r.Standby)
	})
	if err != nil {
		return err
	}
	if err := t.addSent(c.Sent); err != nil {
		return err
	}
	return each(t, saveOnce, c.Once, func(a []any, o *queue.OnceRow) []any {
		return append(a, o.Name, o.Version, o.DoneAt, o.LeaseUntil, o.Token)
	})
}

func (t *tx) applyConversations(c *queue.Changes) error {
	if err := each(t, addConversation, c.ConversationsAdded, conversationRow); err != nil {
		return err
	}
	if err := each(t, saveConversation, c.Conversations, conversationRow); err != nil {
		return err
	}
	return each(t, deleteConversation, c.ConversationsGone, conversation)
}

func conversationRow(a []any, p **queue.ConversationRow) []any {
	r := *p
	return append(a, r.PageID, r.PSID, r.NextAt, r.HoldUntil, r.LeaseUntil, r.Owner, r.Holder, r.Token, r.Deliveries, r.Alone)
}

func conversation(a []any, conv *store.Conversation) []any { return append(a, conv.PageID, conv.PSID) }

func (t *tx) applyPages(c *queue.Changes) error {
	err := each(t, saveAttachment, c.Attachments, func(a []any, file *store.SaveAttachment) []any {
		return append(a, file.PageID, file.Name, file.AttachmentID, queue.Micros(file.Expires))
	})
	if err != nil {
		return err
	}
	return each(t, saveEchoed, c.Echoed, func(a []any, e *queue.PageTime) []any { return append(a, e.PageID, e.At) })
}

// applyUnsent deletes what was unsent, and counts the events that waited.
func (t *tx) applyUnsent(c *queue.Changes) error {
	for _, u := range c.Unsent {
		for _, key := range u.Keys {
			if err := t.unsend(u, []string{unsendEvent, unsendDeadLetter, unsendReceived}, u.PageID, u.PSID, key); err != nil {
				return err
			}
		}
		if u.Edits != "" {
			err := t.unsend(u, []string{unsendEdits, unsendDeadEdits, unsendReceivedEdit}, u.PageID, u.PSID, u.Edits, int64(len(u.Edits)))
			if err != nil {
				return err
			}
		}
		if u.MID != "" {
			if err := t.exec(unsendLocations, u.PageID, u.PSID, u.MID); err != nil {
				return err
			}
		}
	}
	return nil
}

// unsend runs statements of which the first deletes events.
func (t *tx) unsend(u *queue.Unsent, texts []string, args ...any) error {
	for i, text := range texts {
		n, err := t.change(text, args...)
		if err != nil {
			return err
		}
		if i == 0 {
			u.Events += n
		}
	}
	return nil
}

func (t *tx) freeKeys(c *queue.Changes) error {
	return each(t, deleteKey, c.KeysFreed, func(a []any, k *queue.Key) []any { return append(a, int64(k.Kind), k.Text) })
}
