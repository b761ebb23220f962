package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Read implements queue.Tx. It locks and reads in one round trip: conversations are locked by a statement of its own, so that
// the reads after it see what was committed before, and keys are inserted last.
func (t *tx) Read(w *queue.Wants) (*queue.Snapshot, error) {
	s := &queue.Snapshot{
		Conversations: make(map[store.Conversation]*queue.State, len(w.Conversations)),
		Seen:          map[queue.Key]bool{}, Inserted: make(map[queue.Key]bool, len(w.Keys)),
		People:   make(map[store.Conversation]*store.Person, len(w.People)),
		Sessions: map[queue.SessionKey]store.Session{}, EchoedAt: map[string]int64{}, Started: map[string]store.Conversation{},
	}
	if empty(w) {
		return s, t.err
	}
	t.readConversations(w, s)
	t.readRaised(w.Raised, s)
	t.readPeople(w.People, func(p *store.Person) { s.People[store.Conversation{PageID: p.PageID, PSID: p.PSID}] = p })
	t.readSessions(w.Sessions, s)
	t.readEchoes(w, s)
	t.readKeys(w, s)
	err := t.sync()
	for i := range w.Raised {
		if state := s.Conversations[w.Raised[i].Conversation]; state != nil {
			state.RaisedRead = true
		}
	}
	return s, err
}

// empty reports whether there is nothing to lock or to read.
func empty(w *queue.Wants) bool {
	return len(w.Conversations)+len(w.Lookups)+len(w.Keys)+len(w.People)+len(w.Sessions)+len(w.Pages)+len(w.Started) == 0
}

// readConversations locks conversations and reads them, with what waits where that is wanted.
func (t *tx) readConversations(w *queue.Wants, s *queue.Snapshot) {
	wants := w.Conversations
	if len(wants) == 0 {
		return
	}
	args := columns(wants, func(w *queue.ConversationWant, to []any) []any {
		return append(to, &w.PageID, &w.PSID, &w.Ends, &w.Sends, &w.Bodies)
	})
	free := map[store.Conversation]bool{}
	if w.PassLocked {
		t.read(lockFree, func(rows pgx.Rows) error {
			var conv store.Conversation
			err := rows.Scan(&conv.PageID, &conv.PSID)
			free[conv] = true
			return err
		}, args[0], args[1])
	} else {
		t.change(lockConversations, args[0], args[1])
	}
	t.read(readConversations, func(rows pgx.Rows) error {
		state, send := &queue.State{Stored: true}, &queue.SendRow{}
		fields := append(state.Fields(nil), &state.Attempts, &state.Others, &state.RaisedNext, &send.ID)
		err := scan(rows, append(fields, send.Fields(nil)[2:]...)...)
		state.Waits, state.Attempts = state.Attempts >= 0, max(state.Attempts, 0)
		if known := s.Conversations[state.Conversation]; known != nil {
			state = known
		}
		state.Locked = w.PassLocked && !free[state.Conversation]
		s.Conversations[state.Conversation] = state
		if send.ID != 0 {
			send.Conversation = state.Conversation
			state.HasSends, state.Sends = true, append(state.Sends, send)
		}
		return err
	}, append(args, t.at())...)
}

// readPeople reads people and calls found for each.
func (t *tx) readPeople(people []store.Conversation, found func(*store.Person)) {
	if len(people) == 0 {
		return
	}
	t.read(readPeople, func(rows pgx.Rows) error {
		p := &store.Person{}
		err := scan(rows, queue.PersonFields(p, nil)...)
		found(p)
		return err
	}, columns(people, queue.ConversationFields)...)
}

func (t *tx) readSessions(keys []queue.SessionKey, s *queue.Snapshot) {
	if len(keys) == 0 {
		return
	}
	t.read(readSessions, func(rows pgx.Rows) error {
		var found store.Session
		err := rows.Scan(&found.PageID, &found.PSID, &found.Name, &found.Version, (*moment)(&found.Expires))
		s.Sessions[queue.SessionKey{PageID: found.PageID, PSID: found.PSID, Name: found.Name}] = found
		return err
	}, columns(keys, (*queue.SessionKey).Fields)...)
}

// readEchoes reads when pages had an echo, and the sends that echoes may settle.
func (t *tx) readEchoes(w *queue.Wants, s *queue.Snapshot) {
	if len(w.Pages) > 0 {
		t.read(readEchoes, func(rows pgx.Rows) error {
			var page queue.PageTime
			err := scan(rows, page.Fields(nil)...)
			s.EchoedAt[page.PageID] = page.At
			return err
		}, w.Pages)
	}
	if len(w.Started) > 0 {
		t.read(readStarted, func(rows pgx.Rows) error { return scanOwner(rows, s.Started) }, w.Started)
	}
}

// scanOwner adds the conversation of a send to those by key.
func scanOwner(rows pgx.Rows, owners map[string]store.Conversation) error {
	var key string
	var conv store.Conversation
	err := rows.Scan(&key, &conv.PageID, &conv.PSID)
	owners[key] = conv
	return err
}

// readKeys looks for keys, and then inserts those that are to be inserted.
func (t *tx) readKeys(w *queue.Wants, s *queue.Snapshot) {
	into := func(found map[queue.Key]bool) func(pgx.Rows) error {
		return func(rows pgx.Rows) error {
			var key queue.Key
			err := scan(rows, key.Fields(nil)...)
			found[key] = true
			return err
		}
	}
	if len(w.Lookups) > 0 {
		t.read(lookUpKeys, into(s.Seen), columns(w.Lookups, (*queue.Key).Fields)...)
	}
	if len(w.Keys) > 0 {
		t.read(insertKeys, into(s.Inserted), append(columns(w.Keys, (*queue.Key).Fields), t.at())...)
	}
}
