package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Apply implements [store.Store].
func (m *Store) Apply(ctx context.Context, writes ...store.Write) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	now := m.now()
	if err := m.checkWrites(writes, now); err != nil {
		return err
	}
	m.applyWrites(writes, store.Conversation{}, now)
	return nil
}

// checkWrites finds the write of a batch that cannot be applied, so that none
// is. Sessions are the only thing that depends on the writes before.
func (m *Store) checkWrites(writes []store.Write, now time.Time) error {
	versions := map[sessionID]int64{}
	for _, w := range writes {
		if err := store.CheckWrite(w); err != nil {
			return err
		}
		switch w := w.(type) {
		case store.Call:
			return fmt.Errorf("store: memory runs no %s calls: %w", w.API, errors.ErrUnsupported)
		case store.DeleteSession:
			versions[sessionID{w.PageID, w.PSID, w.Name}] = 0
		case store.SaveSession:
			id := sessionID{w.PageID, w.PSID, w.Name}
			version, ok := versions[id]
			if !ok {
				version = m.sessionVersion(id, now)
			}
			if version != w.Version {
				return &store.ConflictError{PageID: w.PageID, PSID: w.PSID, Name: w.Name}
			}
			versions[id] = w.Version + 1
			if expired(w.ExpiresAt(now), now) {
				versions[id] = 0
			}
		}
	}
	return nil
}

func expired(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }

func (m *Store) sessionVersion(id sessionID, now time.Time) int64 {
	if s, ok := m.sessions[id]; ok && !expired(s.Expires, now) {
		return s.Version
	}
	return 0
}

// applyWrites applies writes, for the holder of a conversation's lease if held
// is one.
func (m *Store) applyWrites(writes []store.Write, held store.Conversation, now time.Time) {
	for _, w := range writes {
		w = store.TruncateTimes(w)
		if who, ok := personOf(w); ok {
			m.person(who, now).Apply(w)
			continue
		}
		switch w := w.(type) {
		case store.AddLocation:
			m.locations.add(w.Location)
		case store.SaveMessage:
			m.saveMessage(w.Received)
		case store.SaveSent:
			w.Sent.Body = bytes.Clone(w.Sent.Body)
			m.sent.add(w.Sent)
		case store.SaveSession:
			m.sessions[sessionID{w.PageID, w.PSID, w.Name}] = store.Session{
				PageID: w.PageID, PSID: w.PSID, Name: w.Name, Data: bytes.Clone(w.Data),
				Version: w.Version + 1, Expires: w.ExpiresAt(now),
			}
		case store.DeleteSession:
			delete(m.sessions, sessionID{w.PageID, w.PSID, w.Name})
		case store.SaveAttachment:
			m.attachments[attachmentID{w.PageID, w.Name}] = w
		case store.CancelSend:
			m.cancel(w, held, now)
		}
	}
}

// personOf returns the person whom a write changes, if it changes one.
func personOf(w store.Write) (who store.Conversation, ok bool) {
	switch w := w.(type) {
	case store.SaveProfile:
		return store.Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	case store.TouchPerson:
		return store.Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	case store.MarkUnavailable:
		return store.Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	case store.NoteHuman:
		return store.Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	case store.NoteThread:
		return store.Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	case store.EndSilence:
		return store.Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	case store.AddThumbUp:
		return store.Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	}
	return store.Conversation{}, false
}

// person returns the row of a person, making it if there is none.
func (m *Store) person(who store.Conversation, now time.Time) *store.Person {
	p := m.people[who]
	if p == nil {
		p = &store.Person{PageID: who.PageID, PSID: who.PersonID, FirstSeen: now}
		m.people[who] = p
	}
	return p
}

func (m *Store) saveMessage(r store.Received) {
	id := receivedID{r.PageID, r.PSID, r.Key}
	if _, ok := m.receivedIDs[id]; ok {
		return
	}
	r.Body = bytes.Clone(r.Body)
	m.receivedIDs[id] = struct{}{}
	m.forgetReceived(m.received.add(r))
}

func (m *Store) forgetReceived(gone []store.Received) {
	for _, r := range gone {
		delete(m.receivedIDs, receivedID{r.PageID, r.PSID, r.Key})
	}
}
