package memory

import (
	"bytes"
	"context"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Person implements [store.People].
func (m *Store) Person(ctx context.Context, pageID, psid string) (store.Person, error) {
	if err := m.begin(ctx); err != nil {
		return store.Person{}, err
	}
	defer m.mu.Unlock()
	p := m.people[store.Conversation{PageID: pageID, PersonID: psid}]
	if p == nil {
		return store.Person{}, store.ErrNotFound
	}
	return clone(*p), nil
}

// clone returns a person that shares nothing with this one.
func clone(p store.Person) store.Person {
	if p.Profile.Timezone != nil {
		zone := *p.Profile.Timezone
		p.Profile.Timezone = &zone
	}
	return p
}

// Locations implements [store.Locations].
func (m *Store) Locations(ctx context.Context, pageID, psid string, limit int) ([]store.Location, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	return m.locations.newest(limit, ownerID{pageID, psid}, func(l store.Location) time.Time { return l.At }), nil
}

// Received implements [store.Messages].
func (m *Store) Received(ctx context.Context, pageID, psid string, limit int) ([]store.Received, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	out := m.received.newest(limit, ownerID{pageID, psid}, func(r store.Received) time.Time { return r.At })
	for i := range out {
		out[i].Body = bytes.Clone(out[i].Body)
	}
	return out, nil
}

// Sent implements [store.Messages].
func (m *Store) Sent(ctx context.Context, pageID, psid string, limit int) ([]store.Sent, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	out := m.sent.newest(limit, ownerID{pageID, psid}, func(s store.Sent) time.Time { return s.At })
	for i := range out {
		out[i].Body = bytes.Clone(out[i].Body)
	}
	return out, nil
}

// Session implements [store.Sessions].
func (m *Store) Session(ctx context.Context, pageID, psid, name string) (store.Session, error) {
	if err := m.begin(ctx); err != nil {
		return store.Session{}, err
	}
	defer m.mu.Unlock()
	s, ok := m.sessions[sessionID{pageID, psid, name}]
	if !ok || expired(s.Expires, m.now()) {
		return store.Session{}, store.ErrNotFound
	}
	s.Data = bytes.Clone(s.Data)
	return s, nil
}

// Attachment implements [store.Attachments].
func (m *Store) Attachment(ctx context.Context, pageID, name string) (string, error) {
	if err := m.begin(ctx); err != nil {
		return "", err
	}
	defer m.mu.Unlock()
	a, ok := m.attachments[attachmentID{pageID, name}]
	if !ok || expired(a.Expires, m.now()) {
		return "", store.ErrNotFound
	}
	return a.AttachmentID, nil
}
