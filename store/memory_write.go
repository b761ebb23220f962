package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// Apply implements [Store].
func (m *Memory) Apply(ctx context.Context, writes ...Write) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	now := m.now()
	if err := m.checkWrites(writes, now); err != nil {
		return err
	}
	m.applyWrites(writes, Conversation{}, now)
	return nil
}

// checkWrites finds the write of a batch that cannot be applied, so that none
// is. Sessions are the only thing that depends on the writes before.
func (m *Memory) checkWrites(writes []Write, now time.Time) error {
	versions := map[sessionID]int64{}
	for _, w := range writes {
		if err := CheckWrite(w); err != nil {
			return err
		}
		switch w := w.(type) {
		case Call:
			return fmt.Errorf("store: memory runs no %s calls: %w", w.API, errors.ErrUnsupported)
		case DeleteSession:
			versions[sessionID{w.PageID, w.PSID, w.Name}] = 0
		case SaveSession:
			id := sessionID{w.PageID, w.PSID, w.Name}
			version, ok := versions[id]
			if !ok {
				version = m.sessionVersion(id, now)
			}
			if version != w.Version {
				return &ConflictError{PageID: w.PageID, PSID: w.PSID, Name: w.Name}
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

func (m *Memory) sessionVersion(id sessionID, now time.Time) int64 {
	if s, ok := m.sessions[id]; ok && !expired(s.Expires, now) {
		return s.Version
	}
	return 0
}

// applyWrites applies writes, for the holder of a conversation's lease if held
// is one.
func (m *Memory) applyWrites(writes []Write, held Conversation, now time.Time) {
	for _, w := range writes {
		w = TruncateTimes(w)
		if who, ok := personOf(w); ok {
			m.person(who, now).Apply(w)
			continue
		}
		switch w := w.(type) {
		case AddLocation:
			m.locations.add(w.Location)
		case SaveMessage:
			m.saveMessage(w.Received)
		case SaveSent:
			w.Sent.Body = bytes.Clone(w.Sent.Body)
			m.sent.add(w.Sent)
		case SaveSession:
			m.sessions[sessionID{w.PageID, w.PSID, w.Name}] = Session{
				PageID: w.PageID, PSID: w.PSID, Name: w.Name, Data: bytes.Clone(w.Data),
				Version: w.Version + 1, Expires: w.ExpiresAt(now),
			}
		case DeleteSession:
			delete(m.sessions, sessionID{w.PageID, w.PSID, w.Name})
		case SaveAttachment:
			m.attachments[attachmentID{w.PageID, w.Name}] = w
		case CancelSend:
			m.cancel(w, held, now)
		}
	}
}

// personOf returns the person whom a write changes, if it changes one.
func personOf(w Write) (who Conversation, ok bool) {
	switch w := w.(type) {
	case SaveProfile:
		return Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	case TouchPerson:
		return Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	case MarkUnavailable:
		return Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	case NoteHuman:
		return Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	case NoteThread:
		return Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	case EndSilence:
		return Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	case AddThumbUp:
		return Conversation{PageID: w.PageID, PersonID: w.PSID}, true
	}
	return Conversation{}, false
}

// person returns the row of a person, making it if there is none.
func (m *Memory) person(who Conversation, now time.Time) *Person {
	p := m.people[who]
	if p == nil {
		p = &Person{PageID: who.PageID, PSID: who.PersonID, FirstSeen: now}
		m.people[who] = p
	}
	return p
}

func (m *Memory) saveMessage(r Received) {
	id := receivedID{r.PageID, r.PSID, r.Key}
	if _, ok := m.receivedIDs[id]; ok {
		return
	}
	r.Body = bytes.Clone(r.Body)
	m.receivedIDs[id] = struct{}{}
	m.forgetReceived(m.received.add(r))
}

func (m *Memory) forgetReceived(gone []Received) {
	for _, r := range gone {
		delete(m.receivedIDs, receivedID{r.PageID, r.PSID, r.Key})
	}
}
