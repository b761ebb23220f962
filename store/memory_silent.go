package store

import (
	"context"
	"maps"
	"slices"
	"time"
)

// silentStep is the most people who are forgotten while the store is locked.
const silentStep = 1000

// purgeSilent forgets people who have been silent since the cutoff.
func (m *Memory) purgeSilent(ctx context.Context, cutoff time.Time) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	var silent []Conversation
	for conv, p := range m.people {
		if p.silent(cutoff) {
			silent = append(silent, conv)
		}
	}
	m.mu.Unlock()
	for step := range slices.Chunk(silent, silentStep) {
		if err := m.begin(ctx); err != nil {
			return err
		}
		m.forgetSilent(step, cutoff)
		m.mu.Unlock()
	}
	return nil
}

// silent reports whether the person's last act is before the cutoff.
func (p Person) silent(cutoff time.Time) bool {
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
func (m *Memory) forgetSilent(people []Conversation, cutoff time.Time) {
	now := m.now()
	gone := map[Conversation]bool{}
	for _, conv := range people {
		p, box := m.people[conv], m.conversations[conv]
		gone[conv] = p != nil && p.silent(cutoff) && (box == nil || !box.busy(now))
	}
	for _, letter := range m.dead {
		delete(gone, letter.Conversation)
	}
	maps.DeleteFunc(gone, func(_ Conversation, silent bool) bool { return !silent })
	if len(gone) == 0 {
		return
	}
	is := func(pageID, psid string) bool { return gone[Conversation{PageID: pageID, PersonID: psid}] }
	for conv := range gone {
		delete(m.conversations, conv) // without work it is in no heap
		delete(m.people, conv)
	}
	m.locations.erase(func(l Location) bool { return is(l.PageID, l.PSID) })
	m.forgetReceived(m.received.erase(func(r Received) bool { return is(r.PageID, r.PSID) }))
	m.sent.erase(func(s Sent) bool { return is(s.PageID, s.PSID) })
	maps.DeleteFunc(m.sessions, func(id sessionID, _ Session) bool { return is(id.pageID, id.psid) })
}
