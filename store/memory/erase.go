package memory

import (
	"context"
	"maps"
	"slices"

	"github.com/djmessenger/messenger/store"
)

// Forget implements [store.Store].
func (m *Store) Forget(ctx context.Context, conv store.Conversation) error {
	if conv.PageID == "" || conv.PersonID == "" {
		return store.ErrEmptyID
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
	m.dead = slices.DeleteFunc(m.dead, func(l *letter) bool {
		if l.Conversation == conv {
			m.dedup.release(dedupKey{key: l.Key})
		}
		return l.Conversation == conv
	})
	delete(m.people, conv)
	m.locations.erase(func(l store.Location) bool { return is(l.PageID, l.PSID) })
	m.forgetReceived(m.received.erase(func(r store.Received) bool { return is(r.PageID, r.PSID) }))
	m.sent.erase(func(s store.Sent) bool { return is(s.PageID, s.PSID) })
	maps.DeleteFunc(m.sessions, func(id sessionID, _ store.Session) bool { return is(id.pageID, id.psid) })
	return nil
}

// Purge implements [store.Store].
func (m *Store) Purge(ctx context.Context, cutoffs store.Cutoffs) error {
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
		m.forgetReceived(m.received.erase(func(r store.Received) bool { return r.At.Before(cutoffs.Received) }))
	}
	if !cutoffs.Sent.IsZero() {
		m.sent.erase(func(s store.Sent) bool { return s.At.Before(cutoffs.Sent) })
	}
	if !cutoffs.DedupKeys.IsZero() {
		m.dedup.purge(cutoffs.DedupKeys)
	}
	now := m.now()
	maps.DeleteFunc(m.sessions, func(_ sessionID, s store.Session) bool { return expired(s.Expires, now) })
	maps.DeleteFunc(m.attachments, func(_ attachmentID, a store.SaveAttachment) bool { return expired(a.Expires, now) })
	maps.DeleteFunc(m.conversations, func(_ store.Conversation, b *conversation) bool {
		return !b.leased && b.index < 0 && !b.holdUntil.After(now)
	})
	return nil
}
