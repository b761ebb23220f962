package store

import (
	"context"
	"maps"
	"slices"
)

// Forget implements [Store].
func (m *Memory) Forget(ctx context.Context, conv Conversation) error {
	if conv.PageID == "" || conv.PersonID == "" {
		return ErrEmptyID
	}
	if err := m.begin(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if box := m.conversations[conv]; box != nil {
		if m.backlog[conv.PageID] -= len(box.events); m.backlog[conv.PageID] == 0 {
			delete(m.backlog, conv.PageID)
		}
		for _, ev := range box.events {
			m.dedup.release(dedupKey{key: ev.Key})
		}
		for _, s := range box.sends {
			delete(m.sends, s.Key)
			m.dedup.release(dedupKey{send: true, key: s.Key})
		}
		m.due.remove(box)
		delete(m.conversations, conv)
	}
	is := func(pageID, psid string) bool { return pageID == conv.PageID && psid == conv.PersonID }
	m.dead = slices.DeleteFunc(m.dead, func(l *memoryLetter) bool {
		if l.Conversation == conv {
			m.dedup.release(dedupKey{key: l.Key})
		}
		return l.Conversation == conv
	})
	delete(m.people, conv)
	m.locations.erase(func(l Location) bool { return is(l.PageID, l.PSID) })
	m.forgetReceived(m.received.erase(func(r Received) bool { return is(r.PageID, r.PSID) }))
	m.sent.erase(func(s Sent) bool { return is(s.PageID, s.PSID) })
	maps.DeleteFunc(m.sessions, func(id sessionID, _ Session) bool { return is(id.pageID, id.psid) })
	return nil
}

// Purge implements [Store].
func (m *Memory) Purge(ctx context.Context, cutoffs Cutoffs) error {
	if !cutoffs.People.IsZero() {
		if err := m.purgeSilent(ctx, cutoffs.People); err != nil {
			return err
		}
	}
	if err := m.begin(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if !cutoffs.Received.IsZero() {
		m.forgetReceived(m.received.erase(func(r Received) bool { return r.At.Before(cutoffs.Received) }))
	}
	if !cutoffs.Sent.IsZero() {
		m.sent.erase(func(s Sent) bool { return s.At.Before(cutoffs.Sent) })
	}
	if !cutoffs.DedupKeys.IsZero() {
		m.dedup.purge(cutoffs.DedupKeys)
	}
	now := m.now()
	maps.DeleteFunc(m.sessions, func(_ sessionID, s Session) bool { return expired(s.Expires, now) })
	maps.DeleteFunc(m.attachments, func(_ attachmentID, a SaveAttachment) bool { return expired(a.Expires, now) })
	maps.DeleteFunc(m.conversations, func(_ Conversation, b *conversation) bool {
		return !b.leased && b.index < 0 && !b.holdUntil.After(now)
	})
	return nil
}
