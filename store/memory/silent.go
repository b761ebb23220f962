package memory

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// silentStep is the most people who are forgotten while the store is locked.
const silentStep = 1000

// purgeSilent forgets people who have been silent since the cutoff.
func (m *Store) purgeSilent(ctx context.Context, cutoff time.Time) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	var found []store.Conversation
	for conv, p := range m.people {
		if silent(p, cutoff) {
			found = append(found, conv)
		}
	}
	m.mu.Unlock()
	for step := range slices.Chunk(found, silentStep) {
		if err := m.begin(ctx); err != nil {
			return err
		}
		m.forgetSilent(step, cutoff)
		m.mu.Unlock()
	}
	return nil
}

// silent reports whether the person's last act is before the cutoff.
func silent(p *store.Person, cutoff time.Time) bool {
	if p.LastAct.IsZero() {
		return p.FirstSeen.Before(cutoff)
	}
	return p.LastAct.Before(cutoff)
}

// busy reports whether something waits in the conversation or is at work on it.
func (b *conversation) busy(now time.Time) bool {
	return len(b.events)+len(b.sends) > 0 || b.leased && b.leaseUntil.After(now)
}

// forgetSilent forgets those of a few people who are silent still, and for whom nothing
// waits.
func (m *Store) forgetSilent(people []store.Conversation, cutoff time.Time) {
	now := m.now()
	gone := map[store.Conversation]bool{}
	for _, conv := range people {
		p, box := m.people[conv], m.conversations[conv]
		gone[conv] = p != nil && silent(p, cutoff) && (box == nil || !box.busy(now))
	}
	for _, letter := range m.dead {
		delete(gone, letter.Conversation)
	}
	maps.DeleteFunc(gone, func(_ store.Conversation, silent bool) bool { return !silent })
	if len(gone) == 0 {
		return
	}
	is := func(pageID, psid string) bool { return gone[store.Conversation{PageID: pageID, PersonID: psid}] }
	for conv := range gone {
		delete(m.conversations, conv) // without work it is in no heap
		delete(m.people, conv)
	}
	m.locations.erase(func(l store.Location) bool { return is(l.PageID, l.PSID) })
	m.forgetReceived(m.received.erase(func(r store.Received) bool { return is(r.PageID, r.PSID) }))
	m.sent.erase(func(s store.Sent) bool { return is(s.PageID, s.PSID) })
	maps.DeleteFunc(m.sessions, func(id sessionID, _ store.Session) bool { return is(id.pageID, id.psid) })
}
