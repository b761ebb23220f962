package sqlite

import (
	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Read implements queue.Tx.
func (t *tx) Read(w *queue.Wants) (*queue.Snapshot, error) {
	s := &queue.Snapshot{
		Conversations: make(map[store.Conversation]*queue.State, len(w.Conversations)),
		Seen:          make(map[queue.Key]bool), Fresh: make(map[queue.Key]bool, len(w.Keys)),
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
	if err := t.readPeople(w.People, s.People); err != nil {
		return nil, err
	}
	for _, key := range w.Sessions {
		err := t.query(func(r *row) {
			s.Sessions[key] = store.Session{PageID: key.PageID, PSID: key.PSID, Name: key.Name, Version: r.int(0), Expires: queue.Time(r.int(1))}
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
		s.NextAt, s.HoldUntil, s.LeaseUntil = r.int(0), r.int(1), r.int(2)
		s.Owner, s.Holder, s.Token, s.Deliveries, s.Alone = r.text(3), r.int(4), r.int(5), r.int(6), r.int(7)
		if s.Waits = !r.isNull(8); s.Waits {
			s.Attempts = r.int(8)
		}
		s.Others, s.HasSends = r.bool(9), r.bool(10)
	}, readConversation, want.PageID, want.PSID, want.Ends)
	if err != nil || !s.HasSends || !want.Sends {
		return s, err
	}
	return s, t.query(func(r *row) {
		send := sendRow(want.Conversation, r)
		s.Sends = append(s.Sends, &send)
	}, readSends, want.PageID, want.PSID, t.now)
}

func sendRow(conv store.Conversation, r *row) queue.SendRow {
	return queue.SendRow{
		Conversation: conv, ID: r.int(0), Key: r.text(1), Group: r.text(2), Body: r.bytes(3), Delay: r.int(4),
		NotBefore: r.int(5), StartedAt: r.int(6), Attempts: r.int(7),
	}
}

// readKeys looks keys up, and then inserts keys.
func (t *tx) readKeys(w *queue.Wants, s *queue.Snapshot) error {
	for _, key := range w.Lookups {
		if err := t.query(func(*row) { s.Seen[key] = true }, findKey, int64(key.Kind), key.Text); err != nil {
			return err
		}
	}
	for _, key := range w.Keys {
		inserted, err := t.change(addKey, int64(key.Kind), key.Text, t.now)
		if err != nil {
			return err
		}
		if inserted > 0 {
			s.Fresh[key] = true
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
