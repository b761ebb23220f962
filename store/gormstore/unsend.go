package gormstore

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/djmessenger/messenger/store"
)

// unsend erases what fresh events say was deleted, and keeps it from being stored
// later: its keys, and the EditOf of its edits, count as seen. The transaction has the
// locks of their conversations, so that no turn commits something of it meanwhile.
func (t *txn) unsend(fresh []store.Event) error {
	for _, ev := range fresh {
		if err := t.unsendOne(ev); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) unsendOne(by store.Event) error {
	of := by.Unsends
	keys := slices.DeleteFunc(slices.Clone(of.Keys), func(key string) bool { return key == by.Key })
	for _, key := range keys {
		t.keys.take(seenKey{seenEvent, key})
	}
	if of.Edits != "" {
		t.keys.take(seenKey{seenEdits, of.Edits})
	}
	if len(keys) > 0 || of.Edits != "" {
		covers, args := covering(keys, of.Edits)
		args = append([]any{by.PageID, by.PersonID}, args...)
		n, err := t.exec("DELETE FROM messenger_inbox WHERE page_id = ? AND person_id = ? AND "+covers, args...)
		if err != nil {
			return err
		}
		t.delta[by.PageID] -= int(n)
		if _, err := t.exec("DELETE FROM messenger_dead WHERE page_id = ? AND person_id = ? AND "+covers, args...); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM messenger_received WHERE "+ofPerson+" AND "+covers, args...); err != nil {
			return err
		}
	}
	if of.MID == "" {
		return nil
	}
	_, err := t.exec("DELETE FROM messenger_locations WHERE "+ofPerson+" AND mid = ?", by.PageID, by.PersonID, of.MID)
	return err
}

// covering is a condition for the rows of a conversation whose key is one of some, or
// begins with the prefix unless that is empty. The conversation is what an index
// finds: a range of keys would depend on the database's collation.
func covering(keys []string, prefix string) (condition string, args []any) {
	var either []string
	if len(keys) > 0 {
		either = append(either, "key IN (?"+strings.Repeat(", ?", len(keys)-1)+")")
		for _, key := range keys {
			args = append(args, key)
		}
	}
	if prefix != "" {
		either = append(either, "SUBSTR(key, 1, ?) = ?")
		args = append(args, utf8.RuneCountInString(prefix), prefix)
	}
	return "(" + strings.Join(either, " OR ") + ")", args
}
