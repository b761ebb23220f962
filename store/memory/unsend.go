package memory

import (
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// isUnsent reports whether an event is an edit of a message that was unsent.
func (m *Store) isUnsent(ev store.Event) bool {
	return ev.EditOf != "" && m.dedup.has(dedupKey{edits: true, key: ev.EditOf})
}

// unsend erases what an event says was deleted, and keeps it from being stored
// later.
func (m *Store) unsend(by store.Event, now time.Time) {
	of := by.Unsends
	if len(of.Keys) == 0 && of.Edits == "" {
		return
	}
	for _, key := range of.Keys {
		m.close(dedupKey{key: key}, now)
	}
	if of.Edits != "" {
		m.close(dedupKey{edits: true, key: of.Edits}, now)
	}
	box := m.box(by.Conversation)
	gone := func(key string) bool {
		if key == by.Key || !of.Covers(key) {
			return false
		}
		m.dedup.release(dedupKey{key: key})
		return true
	}
	waiting := len(box.events)
	box.events = slices.DeleteFunc(box.events, func(ev *event) bool { return gone(ev.Key) })
	m.backlog[by.PageID] -= waiting - len(box.events)
	m.dead = slices.DeleteFunc(m.dead, func(l *letter) bool { return l.Conversation == by.Conversation && gone(l.Key) })
	is := func(pageID, psid string) bool { return pageID == by.PageID && psid == by.PersonID }
	m.forgetReceived(m.received.erase(func(r store.Received) bool { return is(r.PageID, r.PSID) && of.Covers(r.Key) }))
	if of.MID != "" {
		m.locations.erase(func(l store.Location) bool { return is(l.PageID, l.PSID) && l.MID == of.MID })
	}
}

// close marks a key as seen that no event in the store has.
func (m *Store) close(key dedupKey, now time.Time) {
	if !m.dedup.has(key) {
		m.dedup.add(key, now)
		m.dedup.release(key)
	}
}
