package memory

import (
	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// mostKept is the number of entries up to which the maps of a snapshot are kept for the next transaction.
const mostKept = 64

// end keeps nothing but empty maps.
func (t *tx) end() {
	s := &t.snapshot
	if len(s.Conversations)+len(s.Inserted)+len(s.Seen)+len(s.People) > mostKept {
		*s = queue.Snapshot{}
	}
	clear(s.Conversations)
	clear(s.Inserted)
	clear(s.Seen)
	clear(s.People)
	t.snapshot = queue.Snapshot{Conversations: s.Conversations, Inserted: s.Inserted, Seen: s.Seen, People: s.People}
	clear(t.ops)
	t.tables, t.ops, t.state1, t.person1 = nil, nil, queue.State{}, store.Person{}
}

// ready returns a map, and makes it if there is none.
func ready[K comparable, V any](m *map[K]V) map[K]V {
	if *m == nil {
		*m = map[K]V{}
	}
	return *m
}

// Read implements queue.Tx.
func (t *tx) Read(w *queue.Wants) (*queue.Snapshot, error) {
	s, first := &t.snapshot, !t.read
	if t.read {
		s = &queue.Snapshot{}
	}
	t.read = true
	for i, want := range w.Conversations {
		state := &t.state1
		if i > 0 || !first {
			state = &queue.State{}
		}
		t.fill(state, want)
		ready(&s.Conversations)[want.Conversation] = state
	}
	for _, want := range w.Raised {
		t.fillRaised(s.Conversations[want.Conversation], want)
	}
	for _, key := range w.Lookups {
		if t.keys.has(key) {
			ready(&s.Seen)[key] = true
		}
	}
	for _, key := range w.Keys {
		if t.keys.add(key, t.now) {
			ready(&s.Inserted)[key] = true
		}
	}
	for i, id := range w.People {
		if p := t.people[id]; p != nil {
			person := &t.person1
			if i > 0 || !first {
				person = new(store.Person)
			}
			copyPerson(person, p)
			ready(&s.People)[id] = person
		}
	}
	if len(w.Sessions) > 0 {
		s.Sessions = map[queue.SessionKey]store.Session{}
		for _, key := range w.Sessions {
			if found, ok := t.sessions[key]; ok {
				s.Sessions[key] = found
			}
		}
	}
	if len(w.Pages) > 0 {
		s.EchoedAt = t.echoed // which the machine only reads
	}
	if len(w.Started) > 0 {
		s.Started = map[string]store.Conversation{}
		for _, key := range w.Started {
			if found := t.sendKeys[key]; found != nil && found.StartedAt != 0 {
				s.Started[key] = found.Conversation
			}
		}
	}
	return s, nil
}

// fill copies what is known of a conversation.
func (t *tx) fill(state *queue.State, want queue.ConversationWant) {
	state.ConversationRow = queue.ConversationRow{Conversation: want.Conversation}
	c := t.conversations[want.Conversation]
	if c == nil {
		return
	}
	state.ConversationRow, state.Stored, state.HasSends = c.ConversationRow, c.stored, len(c.sends) > 0
	waiting := len(c.events)
	if e := t.events[want.Ends]; e != nil && e.in == c {
		state.Waits, state.Attempts = true, e.Attempts
		waiting--
	}
	state.Others = waiting > 0
	if want.Sends {
		if len(c.raised) > 0 {
			state.RaisedNext = c.raised[0].NextAt()
		}
		for _, s := range c.sends {
			row := s.SendRow
			state.Sends = append(state.Sends, &row)
		}
	}
}
