package sqlite

import (
	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Read implements queue.Tx.
func (t *tx) Read(w *queue.Wants) (*queue.Snapshot, error) {
	s := &queue.Snapshot{
		Conversations: make(map[store.Conversation]*queue.State, len(w.Conversations)),
		Seen:          make(map[queue.Key]bool), Inserted: make(map[queue.Key]bool, len(w.Keys)),
		People: make(map[store.Conversation]*store.Person, len(w.People)), Sessions: make(map[queue.SessionKey]store.Session, len(w.Sessions)),
		EchoedAt: make(map[string]int64, len(w.Pages)),
	}
	for _, want := range w.Conversations {
		state, err := t.readConversation(want)
		if err != nil {
			return nil, err
		}
		s.Conversations[want.Conversation] = state
	}
	for _, want := range w.Raised {
		if err := t.readRaised(want, s.Conversations[want.Conversation]); err != nil {
			return nil, err
		}
	}
	if err := t.readPeople(w.People, s.People); err != nil {
		return nil, err
	}
	for _, key := range w.Sessions {
		err := t.query(func(r *row) {
			found := store.Session{PageID: key.PageID, PSID: key.PSID, Name: key.Name}
			r.scan(0, &found.Version, &found.Expires)
			s.Sessions[key] = found
		}, readSession, key.PageID, key.PSID, key.Name)
		if err != nil {
			return nil, err
		}
	}
	for _, page := range w.Pages {
		if err := t.query(func(r *row) { s.EchoedAt[page] = r.int(0) }, echoedAt, page); err != nil {
			return nil, err
		}
	}
	var err error
	if s.Started, err = t.ownersOf(startedOwner, w.Started); err != nil {
		return nil, err
	}
	return s, t.readKeys(w, s)
}

// readConversation reads a conversation, and its sends if they are wanted and there are any.
func (t *tx) readConversation(want queue.ConversationWant) (*queue.State, error) {
	s := &queue.State{ConversationRow: queue.ConversationRow{Conversation: want.Conversation}}
	err := t.query(func(r *row) {
		s.Stored = true
		r.scan(0, append(s.Fields(t.list[:0]), &s.Attempts, &s.Others, &s.HasSends, &s.RaisedNext)[2:]...)
		s.Waits, s.Attempts = s.Attempts >= 0, max(s.Attempts, 0)
	}, readConversation, want.PageID, want.PSID, want.Ends)
	if err == nil && !s.Stored && want.Sends {
		err = t.readDormant(s)
	}
	if err != nil || !s.HasSends || !want.Sends {
		return s, err
	}
	due := int64(0) // no send is due so early: without bodies
	if want.Bodies {
		due = t.now
	}
	return s, t.query(func(r *row) {
		send := &queue.SendRow{Conversation: want.Conversation}
		t.scanSend(r, send)
		s.Sends = append(s.Sends, send)
	}, readSends, want.PageID, want.PSID, due)
}

// scanSend scans the columns behind the conversation, after the id.
func (t *tx) scanSend(r *row, send *queue.SendRow) {
	r.scan(0, &send.ID)
	r.scan(1, send.Fields(t.list[:0])[2:]...)
}

// readKeys looks keys up, and then inserts keys.
func (t *tx) readKeys(w *queue.Wants, s *queue.Snapshot) error {
	for i := range w.Lookups {
		key := &w.Lookups[i]
		if err := t.query(func(*row) { s.Seen[*key] = true }, findKey, key.Fields(t.list[:0])...); err != nil {
			return err
		}
	}
	for i := range w.Keys {
		key := &w.Keys[i]
		inserted, err := t.change(addKey, append(key.Fields(t.list[:0]), t.now)...)
		if err != nil {
			return err
		}
		if inserted > 0 {
			s.Inserted[*key] = true
		}
	}
	return nil
}

// ownersOf returns the conversations of sends, by key.
func (c *conn) ownersOf(text string, keys []string) (map[string]store.Conversation, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	owners := make(map[string]store.Conversation, len(keys))
	for _, key := range keys {
		err := c.query(func(r *row) { owners[key] = store.Conversation{PageID: r.text(0), PSID: r.text(1)} }, text, key)
		if err != nil {
			return nil, err
		}
	}
	return owners, nil
}
