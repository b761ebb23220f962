package store

import (
	"bytes"
	"context"
	"time"
)

// Person implements [People].
func (m *Memory) Person(ctx context.Context, pageID, psid string) (Person, error) {
	if err := m.begin(ctx); err != nil {
		return Person{}, err
	}
	defer m.mu.Unlock()
	p := m.people[Conversation{PageID: pageID, PersonID: psid}]
	if p == nil {
		return Person{}, ErrNotFound
	}
	return p.clone(), nil
}

// clone returns a person that shares nothing with this one.
func (p Person) clone() Person {
	if p.Profile.Timezone != nil {
		zone := *p.Profile.Timezone
		p.Profile.Timezone = &zone
	}
	return p
}

// Locations implements [Locations].
func (m *Memory) Locations(ctx context.Context, pageID, psid string, limit int) ([]Location, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	return m.locations.newest(limit, ownerID{pageID, psid}, func(l Location) time.Time { return l.At }), nil
}

// Received implements [Messages].
func (m *Memory) Received(ctx context.Context, pageID, psid string, limit int) ([]Received, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	out := m.received.newest(limit, ownerID{pageID, psid}, func(r Received) time.Time { return r.At })
	for i := range out {
		out[i].Body = bytes.Clone(out[i].Body)
	}
	return out, nil
}

// Sent implements [Messages].
func (m *Memory) Sent(ctx context.Context, pageID, psid string, limit int) ([]Sent, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	out := m.sent.newest(limit, ownerID{pageID, psid}, func(s Sent) time.Time { return s.At })
	for i := range out {
		out[i].Body = bytes.Clone(out[i].Body)
	}
	return out, nil
}

// Session implements [Sessions].
func (m *Memory) Session(ctx context.Context, pageID, psid, name string) (Session, error) {
	if err := m.begin(ctx); err != nil {
		return Session{}, err
	}
	defer m.mu.Unlock()
	s, ok := m.sessions[sessionID{pageID, psid, name}]
	if !ok || expired(s.Expires, m.now()) {
		return Session{}, ErrNotFound
	}
	s.Data = bytes.Clone(s.Data)
	return s, nil
}

// Attachment implements [Attachments].
func (m *Memory) Attachment(ctx context.Context, pageID, name string) (string, error) {
	if err := m.begin(ctx); err != nil {
		return "", err
	}
	defer m.mu.Unlock()
	a, ok := m.attachments[attachmentID{pageID, name}]
	if !ok || expired(a.Expires, m.now()) {
		return "", ErrNotFound
	}
	return a.AttachmentID, nil
}
