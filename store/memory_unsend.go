package store

import (
	"slices"
	"time"
)

// WithoutUnsent leaves out the events that others of them, in the same
// conversation, unsend. It is for stores.
func WithoutUnsent(events []Event) []Event {
	type name struct {
		Conversation
		key string
	}
	unsent := map[name]bool{}
	for _, ev := range events {
		if ev.Unsends.Key != "" && ev.Unsends.Key != ev.Key {
			unsent[name{ev.Conversation, ev.Unsends.Key}] = true
		}
	}
	if len(unsent) == 0 {
		return events
	}
	return slices.DeleteFunc(slices.Clone(events), func(ev Event) bool { return unsent[name{ev.Conversation, ev.Key}] })
}

// unsend erases what an event says was deleted, and keeps it from being stored
// later.
func (m *Memory) unsend(by Event, now time.Time) {
	key := by.Unsends.Key
	if key == "" || key == by.Key {
		return
	}
	if !m.seen.has(seenKey{key: key}) {
		m.seen.add(seenKey{key: key}, now)
		m.seen.release(seenKey{key: key})
	}
	box := m.box(by.Conversation)
	if i := slices.IndexFunc(box.events, func(ev *memoryEvent) bool { return ev.Key == key }); i >= 0 {
		box.take(i)
		m.backlog[by.PageID]--
		m.seen.release(seenKey{key: key})
	}
	m.dead = slices.DeleteFunc(m.dead, func(l *memoryLetter) bool {
		gone := l.Conversation == by.Conversation && l.Key == key
		if gone {
			m.seen.release(seenKey{key: key})
		}
		return gone
	})
	is := func(pageID, psid string) bool { return pageID == by.PageID && psid == by.PersonID }
	m.forgetReceived(m.received.erase(func(r Received) bool { return is(r.PageID, r.PSID) && r.Key == key }))
	if mid := by.Unsends.MID; mid != "" {
		m.locations.erase(func(l Location) bool { return is(l.PageID, l.PSID) && l.MID == mid })
	}
}
