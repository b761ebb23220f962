package gormstore

import "github.com/djmessenger/messenger/store"

// unsend erases what fresh events say was deleted, and keeps it from being stored
// later: its key counts as seen. The transaction has the mailboxes of their
// conversations, so that no turn commits something of it meanwhile.
func (t *txn) unsend(fresh []store.Event) error {
	for _, ev := range fresh {
		key := ev.Unsends.Key
		if key == "" || key == ev.Key {
			continue
		}
		t.keys.take(seenKey{seenEvent, key})
		n, err := t.exec("DELETE FROM messenger_inbox WHERE page_id = ? AND person_id = ? AND key = ?", ev.PageID, ev.PersonID, key)
		if err != nil {
			return err
		}
		t.delta[ev.PageID] -= int(n)
		for _, statement := range []string{
			"DELETE FROM messenger_dead WHERE page_id = ? AND person_id = ? AND key = ?",
			"DELETE FROM messenger_received WHERE page_id = ? AND psid = ? AND key = ?",
		} {
			if _, err := t.exec(statement, ev.PageID, ev.PersonID, key); err != nil {
				return err
			}
		}
		if ev.Unsends.MID == "" {
			continue
		}
		_, err = t.exec("DELETE FROM messenger_locations WHERE page_id = ? AND psid = ? AND mid = ?", ev.PageID, ev.PersonID, ev.Unsends.MID)
		if err != nil {
			return err
		}
	}
	return nil
}
