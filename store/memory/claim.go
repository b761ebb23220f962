package memory

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Claim implements [store.Queuer].
func (m *Store) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	now := m.now()
	var leases []store.Lease
	var passed []*conversation
	var strange []*pageSchedule
	for len(leases) < claim.Conversations {
		box := m.due.first(now)
		if box == nil {
			break
		}
		if claim.Serves != nil && !claim.Serves(box.conv.PageID) {
			page := m.due.byPage[box.conv.PageID]
			m.due.skip(page)
			strange = append(strange, page)
			continue
		}
		level := store.IsolationLevel(box.deliveries)
		if level > 0 && claim.Suspects[level-1] <= 0 {
			m.due.remove(box)
			passed = append(passed, box)
			continue
		}
		lease := box.hand(max(claim.Events, 1), now)
		if len(lease.Events) == 0 && len(lease.Sends) == 0 {
			// What made it due is gone; only delayed sends are left.
			box.rest(now)
			m.file(box)
			continue
		}
		if level > 0 {
			claim.Suspects[level-1]--
		}
		m.tokens++
		box.token = m.tokens
		box.deliveries++
		box.leased, box.leaseUntil = true, now.Add(claim.TTL)
		lease.LeaseID = store.LeaseID{Conversation: box.conv, Token: box.token}
		lease.Now, lease.Deliveries = now, box.deliveries
		lease.Person = store.Person{PageID: box.conv.PageID, PSID: box.conv.PersonID}
		if p := m.people[box.conv]; p != nil {
			lease.Person = clone(*p)
		}
		leases = append(leases, lease)
		if claim.TTL <= 0 {
			m.due.remove(box)
			passed = append(passed, box)
			continue
		}
		m.file(box)
	}
	for _, page := range strange {
		m.due.fix(page)
	}
	for _, box := range passed {
		m.file(box)
	}
	return leases, nil
}

// hand returns what there is to do in a conversation now.
func (b *conversation) hand(limit int, now time.Time) store.Lease {
	var lease store.Lease
	for _, ev := range b.events[:min(limit, len(b.events))] {
		out := ev.QueuedEvent
		out.Body = bytes.Clone(out.Body)
		out.Only = slices.Clone(out.Only)
		lease.Events = append(lease.Events, out)
	}
	lease.Sends = b.dueSends(limit, now)
	return lease
}

// dueSends returns the sends that are due, in the order to deliver them.
func (b *conversation) dueSends(limit int, now time.Time) []store.QueuedSend {
	var due []store.QueuedSend
	for _, s := range b.sends {
		if len(due) >= limit {
			break
		}
		if !s.notBefore.After(now) {
			out := s.QueuedSend
			out.Body = bytes.Clone(out.Body)
			out.AddedAt = s.notBefore.Add(-max(s.Delay, 0))
			if out.Started {
				out.StartedAgo = max(now.Sub(s.startedAt), 0)
			}
			due = append(due, out)
		}
	}
	return due
}

// start marks the send with that key if it is the first that is due.
func (b *conversation) start(key string, now time.Time) {
	for _, s := range b.sends {
		if s.notBefore.After(now) {
			continue
		}
		if s.Key == key {
			s.Started, s.startedAt = true, now
		}
		return
	}
}

// held returns the conversation of a lease, or nil if the lease is not current.
func (m *Store) held(id store.LeaseID) *conversation {
	box := m.conversations[id.Conversation]
	if box == nil || !box.leased || box.token != id.Token {
		return nil
	}
	return box
}

// MarkAlone implements [store.Isolator]. The store ends with its process, so that there
// is nothing to record.
func (m *Store) MarkAlone(ctx context.Context, lease store.LeaseID, _ int64) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if m.held(lease) == nil {
		return store.ErrFenced
	}
	return nil
}

// Renew implements [store.Queuer].
func (m *Store) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) (lost []store.LeaseID, err error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	now := m.now()
	for _, id := range leases {
		box := m.held(id)
		if box == nil {
			lost = append(lost, id)
			continue
		}
		box.leaseUntil = now.Add(ttl)
		m.file(box)
	}
	return lost, nil
}
