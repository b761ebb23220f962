package memory

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Put implements [store.Queuer].
func (m *Store) Put(ctx context.Context, events ...store.Event) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	err := m.put(events)
	m.mu.Unlock()
	if err == nil && len(events) > 0 {
		m.hint()
	}
	return err
}

func (m *Store) put(events []store.Event) error {
	fresh, err := m.fresh(events)
	if err != nil {
		return err
	}
	now := m.now()
	for _, ev := range fresh {
		m.dedup.add(dedupKey{key: ev.Key}, now)
	}
	kept := store.WithoutUnsent(fresh)
	if len(kept) < len(fresh) {
		waits := map[string]bool{}
		for _, ev := range kept {
			waits[ev.Key] = true
		}
		for _, ev := range fresh {
			if !waits[ev.Key] {
				m.dedup.release(dedupKey{key: ev.Key})
			}
		}
	}
	for _, ev := range fresh {
		m.confirm(ev, now)
	}
	for _, ev := range kept {
		m.unsend(ev, now)
		m.addEvent(store.QueuedEvent{Event: keep(ev), ReceivedAt: now}, stamp(ev.Time))
	}
	return nil
}

// fresh returns the events that were not seen before and whose message was not
// unsent, if their pages have room
// for them.
func (m *Store) fresh(events []store.Event) ([]store.Event, error) {
	var fresh []store.Event
	more := map[string]int{}
	inBatch := map[string]bool{}
	for _, ev := range events {
		if ev.Key == "" {
			return nil, errors.New("store: an event without a key")
		}
		if inBatch[ev.Key] || m.dedup.has(dedupKey{key: ev.Key}) || m.isUnsent(ev) {
			continue
		}
		inBatch[ev.Key] = true
		more[ev.PageID]++
		fresh = append(fresh, ev)
	}
	var over []string
	for _, page := range slices.Sorted(maps.Keys(more)) {
		if m.backlog[page]+more[page] > m.config.Backlog {
			over = append(over, page)
		}
	}
	if len(over) > 0 {
		return nil, &store.BacklogError{PageIDs: over, Bound: m.config.Backlog}
	}
	return fresh, nil
}

// keep returns an event that shares nothing with its caller.
func keep(ev store.Event) store.Event {
	ev.Time, ev.KeyTime = stamp(ev.Time), time.Time{}
	ev.Body = bytes.Clone(ev.Body)
	ev.EditOf, ev.Unsends = "", store.Unsent{}
	return ev
}

// addEvent files an event in its conversation.
func (m *Store) addEvent(ev store.QueuedEvent, order time.Time) {
	box := m.box(ev.Conversation)
	ev.Seq = m.next()
	box.insert(&event{QueuedEvent: ev, order: order})
	m.backlog[ev.PageID]++
	box.wait(ev.ReceivedAt)
	m.file(box)
}

// confirm settles the send that an echo proves to have arrived.
func (m *Store) confirm(ev store.Event, now time.Time) {
	if ev.EchoOf != "" && now.Sub(m.echoed[ev.PageID]) >= store.EchoedWithin {
		m.echoed[ev.PageID] = now
	}
	s := m.sends[ev.EchoOf]
	if s == nil || !s.Started || s.PageID != ev.PageID {
		return
	}
	box := m.box(s.Conversation)
	box.holdUntil = time.Time{} // it was for this send
	box.rest(now)
	m.removeSend(s, now)
	m.sent.add(store.Sent{PageID: s.PageID, PSID: s.PersonID, Key: s.Key, Outcome: store.OutcomeEchoed, At: now})
}

// Enqueue implements [store.Queuer].
func (m *Store) Enqueue(ctx context.Context, sends ...store.Send) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	err := checkSends(sends)
	if err == nil {
		m.addSends(m.freshGroups(sends), m.now())
	}
	m.mu.Unlock()
	if err == nil && len(sends) > 0 {
		m.hint()
	}
	return err
}

func checkSends(sends []store.Send) error {
	for _, s := range sends {
		if s.Key == "" {
			return errors.New("store: a send without a key")
		}
	}
	return nil
}

// freshGroups returns the sends without the groups whose head was seen before.
func (m *Store) freshGroups(sends []store.Send) []store.Send {
	seen := map[string]bool{}
	for _, s := range sends {
		if s.Key == s.Group && m.dedup.has(dedupKey{send: true, key: s.Key}) {
			seen[s.Group] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(sends), func(s store.Send) bool { return seen[s.Group] })
}

func (m *Store) addSends(sends []store.Send, now time.Time) {
	for _, s := range sends {
		key := dedupKey{send: true, key: s.Key}
		if m.dedup.has(key) || m.sends[s.Key] != nil {
			continue
		}
		if !s.Fresh {
			m.dedup.add(key, now)
		}
		s.Fresh = false
		s.Body = bytes.Clone(s.Body)
		ms := &send{QueuedSend: store.QueuedSend{Send: s}, notBefore: now.Add(max(s.Delay, 0))}
		m.sends[s.Key] = ms
		box := m.box(s.Conversation)
		box.sends = append(box.sends, ms)
		box.wait(ms.notBefore)
		m.file(box)
	}
}

// removeSend takes a send out of the outbox.
func (m *Store) removeSend(s *send, now time.Time) {
	delete(m.sends, s.Key)
	m.dedup.release(dedupKey{send: true, key: s.Key})
	box := m.box(s.Conversation)
	box.sends = slices.DeleteFunc(box.sends, func(x *send) bool { return x == s })
	if len(box.events) == 0 {
		box.rest(now)
	}
	m.file(box)
}

// Cancel implements [store.Queuer].
func (m *Store) Cancel(ctx context.Context, conv store.Conversation, key string) (bool, error) {
	if err := m.begin(ctx); err != nil {
		return false, err
	}
	defer m.mu.Unlock()
	return m.cancel(store.CancelSend{Conversation: conv, Key: key}, store.Conversation{}, m.now()), nil
}

// cancel takes sends back. The holder of the conversation's lease may take back
// those that are due.
func (m *Store) cancel(c store.CancelSend, held store.Conversation, now time.Time) (found bool) {
	box, ok := m.conversations[c.Conversation]
	if !ok {
		return false
	}
	tooLate := box.leased && c.Conversation != held
	for _, s := range slices.Clone(box.sends) {
		if s.Key != c.Key && s.Group != c.Key || s.Started || tooLate && !s.notBefore.After(now) {
			continue
		}
		m.removeSend(s, now)
		m.dedup.remove(dedupKey{send: true, key: s.Key})
		found = true
	}
	return found
}
