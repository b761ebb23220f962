package store

import (
	"slices"
	"strings"
	"time"
)

// WithoutUnsent leaves out the events that others of them, in the same
// conversation, unsend. It is for stores.
func WithoutUnsent(events []Event) []Event {
	var by []Event
	for _, ev := range events {
		if !ev.Unsends.none() {
			by = append(by, ev)
		}
	}
	if len(by) == 0 {
		return events
	}
	return slices.DeleteFunc(slices.Clone(events), func(ev Event) bool {
		return slices.ContainsFunc(by, func(by Event) bool {
			return by.Conversation == ev.Conversation && by.Key != ev.Key && by.Unsends.covers(ev.Key)
		})
	})
}

func (u Unsent) none() bool { return len(u.Keys) == 0 && u.Edits == "" }

// covers reports whether the event of a key has the content of the message.
func (u Unsent) covers(key string) bool {
	return slices.Contains(u.Keys, key) || u.Edits != "" && strings.HasPrefix(key, u.Edits)
}

// isUnsent reports whether an event is an edit of a message that was unsent.
func (m *Memory) isUnsent(ev Event) bool {
	return ev.EditOf != "" && m.dedup.has(dedupKey{edits: true, key: ev.EditOf})
}

// unsend erases what an event says was deleted, and keeps it from being stored
// later.
func (m *Memory) unsend(by Event, now time.Time) {
	of := by.Unsends
	if of.none() {
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
		if key == by.Key || !of.covers(key) {
			return false
		}
		m.dedup.release(dedupKey{key: key})
		return true
	}
	waiting := len(box.events)
	box.events = slices.DeleteFunc(box.events, func(ev *memoryEvent) bool { return gone(ev.Key) })
	m.backlog[by.PageID] -= waiting - len(box.events)
	m.dead = slices.DeleteFunc(m.dead, func(l *memoryLetter) bool { return l.Conversation == by.Conversation && gone(l.Key) })
	is := func(pageID, psid string) bool { return pageID == by.PageID && psid == by.PersonID }
	m.forgetReceived(m.received.erase(func(r Received) bool { return is(r.PageID, r.PSID) && of.covers(r.Key) }))
	if of.MID != "" {
		m.locations.erase(func(l Location) bool { return is(l.PageID, l.PSID) && l.MID == of.MID })
	}
}

// close marks a key as seen that no event in the store has.
func (m *Memory) close(key dedupKey, now time.Time) {
	if !m.dedup.has(key) {
		m.dedup.add(key, now)
		m.dedup.release(key)
	}
}
