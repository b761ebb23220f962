package memory

import (
	"bytes"
	"context"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Person implements [store.People].
func (s *Store) Person(ctx context.Context, pageID, psid string) (store.Person, error) {
	if err := s.begin(ctx); err != nil {
		return store.Person{}, err
	}
	defer s.mu.Unlock()
	p := s.tables.people[of(pageID, psid)]
	if p == nil {
		return store.Person{}, store.ErrNotFound
	}
	return *clone(p), nil
}

// Locations implements [store.Locations].
func (s *Store) Locations(ctx context.Context, pageID, psid string, limit int) ([]store.Location, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	return s.tables.locations.newest(limit, of(pageID, psid), func(l store.Location) time.Time { return l.At }), nil
}

// Received implements [store.Messages].
func (s *Store) Received(ctx context.Context, pageID, psid string, limit int) ([]store.Received, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	found := s.tables.received.newest(limit, of(pageID, psid), func(r store.Received) time.Time { return r.At })
	for i := range found {
		found[i].Body = bytes.Clone(found[i].Body)
	}
	return found, nil
}

// Sent implements [store.Messages].
func (s *Store) Sent(ctx context.Context, pageID, psid string, limit int) ([]store.Sent, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	found := s.tables.sent.newest(limit, of(pageID, psid), func(s store.Sent) time.Time { return s.At })
	for i := range found {
		found[i].Body = bytes.Clone(found[i].Body)
	}
	return found, nil
}

// Session implements [store.Sessions].
func (s *Store) Session(ctx context.Context, pageID, psid, name string) (store.Session, error) {
	if err := s.begin(ctx); err != nil {
		return store.Session{}, err
	}
	defer s.mu.Unlock()
	found, ok := s.tables.sessions[queue.SessionKey{PageID: pageID, PSID: psid, Name: name}]
	if !ok || s.expired(found.Expires) {
		return store.Session{}, store.ErrNotFound
	}
	found.Data = bytes.Clone(found.Data)
	return found, nil
}

func (s *Store) expired(at time.Time) bool { return !at.IsZero() && !at.After(s.config.Now()) }

// Attachment implements [store.Attachments].
func (s *Store) Attachment(ctx context.Context, pageID, name string) (string, error) {
	if err := s.begin(ctx); err != nil {
		return "", err
	}
	defer s.mu.Unlock()
	found, ok := s.tables.attachments[queue.AttachmentKey{PageID: pageID, Name: name}]
	if !ok || s.expired(found.Expires) {
		return "", store.ErrNotFound
	}
	return found.AttachmentID, nil
}

// Dead implements [store.DeadLetters].
func (s *Store) Dead(ctx context.Context, query store.DeadQuery) ([]store.DeadLetter, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	var letters []store.DeadLetter
	for _, row := range s.tables.dead {
		if len(letters) == query.Most() {
			break
		}
		if row.ID <= query.After || query.PageID != "" && row.PageID != query.PageID || query.PSID != "" && row.PSID != query.PSID || query.Key != "" && row.Key != query.Key {
			continue
		}
		row.Body = bytes.Clone(row.Body)
		l, err := row.Letter()
		if err != nil {
			return nil, err
		}
		letters = append(letters, l)
	}
	return letters, nil
}

// Stats implements [store.Inspector].
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	if err := s.begin(ctx); err != nil {
		return store.Stats{}, err
	}
	defer s.mu.Unlock()
	t := s.tables
	now := queue.Micros(s.config.Now())
	stats := store.Stats{Events: len(t.events), Sends: len(t.sends), Dead: len(t.dead)}
	for _, e := range t.events {
		stats.Oldest = earlier(stats.Oldest, queue.Time(e.ReceivedAt))
	}
	for _, r := range t.raised {
		if r.ReceivedAt > now {
			stats.Timers++
			continue
		}
		stats.Events++
		stats.Oldest = earlier(stats.Oldest, queue.Time(r.ReceivedAt))
	}
	for _, c := range t.conversations {
		if c.LeaseUntil > now {
			stats.InFlight++
		}
	}
	var err error
	stats.Blocked, err = t.blocked(now, store.MaxBlocked)
	return stats, err
}

// Waiting implements [store.Inspector].
func (s *Store) Waiting(ctx context.Context) (map[string]store.Waiting, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	waiting := map[string]store.Waiting{}
	for _, e := range s.tables.events {
		w := waiting[e.PageID]
		w.Events++
		w.OldestEvent = earlier(w.OldestEvent, queue.Time(e.ReceivedAt))
		waiting[e.PageID] = w
	}
	now := queue.Micros(s.config.Now())
	for _, r := range s.tables.raised {
		if r.ReceivedAt <= now {
			w := waiting[r.PageID]
			w.Events++
			w.OldestEvent = earlier(w.OldestEvent, queue.Time(r.ReceivedAt))
			waiting[r.PageID] = w
		}
	}
	for _, send := range s.tables.sends {
		w := waiting[send.PageID]
		w.Sends++
		w.OldestSend = earlier(w.OldestSend, queue.Time(send.NotBefore))
		waiting[send.PageID] = w
	}
	return waiting, nil
}

// earlier returns the earlier of two times, of which the first may be zero for none.
func earlier(t, other time.Time) time.Time {
	if t.IsZero() || other.Before(t) {
		return other
	}
	return t
}
