package queue

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/store"
)

// personOf returns the person that a write is about, with an empty PSID if it is about none, and whether it changes what is
// known of them.
func personOf(w store.Write) (person store.Conversation, changes bool) {
	switch w := w.(type) {
	case store.SaveProfile:
		return store.Conversation{PageID: w.PageID, PSID: w.PSID}, true
	case store.TouchPerson:
		return store.Conversation{PageID: w.PageID, PSID: w.PSID}, true
	case store.MarkUnavailable:
		return store.Conversation{PageID: w.PageID, PSID: w.PSID}, true
	case store.NoteHuman:
		return store.Conversation{PageID: w.PageID, PSID: w.PSID}, true
	case store.NoteThread:
		return store.Conversation{PageID: w.PageID, PSID: w.PSID}, true
	case store.EndSilence:
		return store.Conversation{PageID: w.PageID, PSID: w.PSID}, true
	case store.SetLanguage:
		return store.Conversation{PageID: w.PageID, PSID: w.PSID}, true
	case store.AddThumbUp:
		return store.Conversation(w), true
	case store.AddLocation:
		return store.Conversation{PageID: w.Location.PageID, PSID: w.Location.PSID}, false
	case store.SaveMessage:
		return store.Conversation{PageID: w.Received.PageID, PSID: w.Received.PSID}, false
	case store.SaveSent:
		return store.Conversation{PageID: w.Sent.PageID, PSID: w.Sent.PSID}, false
	case store.SaveSession:
		return store.Conversation{PageID: w.PageID, PSID: w.PSID}, false
	case store.DeleteSession:
		return store.Conversation{PageID: w.PageID, PSID: w.PSID}, false
	}
	return store.Conversation{}, false
}

// write validates writes from outside of turns, and plans what they change.
func (g *group) write(op *Operation) error {
	if len(op.writes) == 0 {
		return nil
	}
	if op.Err = g.checkSessions(op.writes); op.Err != nil {
		return nil //nolint:nilerr // the operation is refused, the transaction goes on
	}
	if op.Err = g.checkRaises(op.writes, nil, nil); op.Err != nil {
		return nil //nolint:nilerr // the operation is refused, the transaction goes on
	}
	for _, w := range op.writes {
		found, err := g.apply(w, nil)
		if err != nil {
			return err
		}
		op.Found = op.Found || found
	}
	return nil
}

// apply plans what one write changes. Held is the conversation of the turn that makes it, or nil.
func (g *group) apply(w store.Write, held *State) (found bool, err error) {
	c := &g.changes
	switch w := store.TruncateTimes(w).(type) {
	case store.AddLocation:
		c.Locations = append(c.Locations, w.Location)
	case store.SaveMessage:
		c.Received = append(c.Received, w.Received)
	case store.SaveSent:
		person, _ := personOf(w)
		if !w.Known || person.PSID == "" || g.knows(g.state(person)) {
			c.Sent = append(c.Sent, w.Sent)
		}
	case store.SaveSession:
		g.saveSession(w)
	case store.DeleteSession:
		put(&g.sessions, SessionKey{w.PageID, w.PSID, w.Name}, &session{changed: true})
	case store.SaveAttachment:
		put(&g.attachments, AttachmentKey{w.PageID, w.Name}, w)
	case store.CancelSend:
		return g.cancel(w, held), nil
	case store.SettleSend:
		g.settleSend(w)
	case store.Raise:
		g.raise(w, held)
	case store.CancelRaise:
		return g.cancelRaise(w, held), nil
	case store.Call:
		raised := slices.Clone(g.changes.RaisedAdded) // a later write may still take them back
		g.changes.RaisedAdded = g.changes.RaisedAdded[:0]
		if err := g.flush(); err != nil { // the function sees what was written before
			return false, err
		}
		g.changes.RaisedAdded = append(g.changes.RaisedAdded, raised...)
		return false, g.tx.Call(w)
	default:
		id, changes := personOf(w)
		if !changes {
			return false, fmt.Errorf("store: cannot apply a %T", w)
		}
		p := g.person(id)
		p.Apply(w)
		switch w.(type) {
		case store.TouchPerson, store.MarkUnavailable: // what most turns write
		default:
			p.whole = true
		}
	}
	return false, nil
}

func add[K comparable](set *map[K]bool, key K) { put(set, key, true) }

// put puts something into a map, which it makes if there is none.
func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[key] = value
}

// person is one that the group has changed.
type person struct {
	*store.Person
	// whole is set if more than the last act and the unavailability has changed.
	whole bool
}

// person returns a person to change, new if the store has not heard of them.
func (g *group) person(id store.Conversation) *person {
	p := g.people[id]
	if p == nil {
		stored := g.snap.People[id]
		p = &person{stored, stored == nil}
		if stored == nil {
			p.Person = &store.Person{PageID: id.PageID, PSID: id.PSID, FirstSeen: Time(g.now)}
			put(&g.snap.People, id, p.Person)
		}
		put(&g.people, id, p)
	}
	return p
}

func (g *group) flushPeople() {
	for _, p := range g.people {
		if p.whole {
			g.changes.People = append(g.changes.People, p.Person)
		} else {
			g.changes.Acts = append(g.changes.Acts, p.Person)
		}
	}
	emptyMap(&g.people)
}

// session is one that the group has changed.
type session struct {
	store.Session
	changed bool
	exists  bool
}

// checkSessions refuses writes of which one builds on a session that has changed since.
func (g *group) checkSessions(writes []store.Write) error {
	var versions map[SessionKey]int64
	for _, w := range writes {
		switch w := w.(type) {
		case store.SaveSession:
			key := SessionKey{w.PageID, w.PSID, w.Name}
			version, known := versions[key]
			if !known {
				version = g.sessionVersion(key)
			}
			if version != w.Version {
				return &store.ConflictError{PageID: w.PageID, PSID: w.PSID, Name: w.Name}
			}
			version++
			if expired(g.expiry(w), g.now) {
				version = 0
			}
			put(&versions, key, version)
		case store.DeleteSession:
			put(&versions, SessionKey{w.PageID, w.PSID, w.Name}, 0)
		}
	}
	return nil
}

func expired(at, now int64) bool { return at != 0 && at <= now }

// expiry is when a session is forgotten, or 0.
func (g *group) expiry(w store.SaveSession) int64 { return Micros(w.ExpiresAt(Time(g.now))) }

// sessionVersion is that of the session there is, or 0.
func (g *group) sessionVersion(key SessionKey) int64 {
	s, known := g.snap.Sessions[key]
	if changed := g.sessions[key]; changed != nil {
		s, known = changed.Session, changed.exists
	}
	if !known || expired(Micros(s.Expires), g.now) {
		return 0
	}
	return s.Version
}

func (g *group) saveSession(w store.SaveSession) {
	put(&g.sessions, SessionKey{w.PageID, w.PSID, w.Name}, &session{changed: true, exists: true, Session: store.Session{
		PageID: w.PageID, PSID: w.PSID, Name: w.Name, Data: w.Data, Version: w.Version + 1, Expires: Time(g.expiry(w)),
	}})
}

func (g *group) flushSessions() {
	for key, s := range g.sessions {
		switch {
		case !s.changed:
		case s.exists:
			g.changes.Sessions = append(g.changes.Sessions, s.Session)
		default:
			g.changes.SessionsGone = append(g.changes.SessionsGone, key)
		}
		s.changed = false
	}
}

func (g *group) flushAttachments() {
	if len(g.attachments) == 0 {
		return
	}
	keys := slices.SortedFunc(maps.Keys(g.attachments), func(a, b AttachmentKey) int {
		if c := strings.Compare(a.PageID, b.PageID); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	for _, key := range keys {
		g.changes.Attachments = append(g.changes.Attachments, g.attachments[key])
	}
	clear(g.attachments)
}
