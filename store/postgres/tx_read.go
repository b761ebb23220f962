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
		Seen:          map[queue.Key]bool{}, Fresh: make(map[queue.Key]bool, len(w.Keys)),
		People:   make(map[store.Conversation]*store.Person, len(w.People)),
		Sessions: map[queue.SessionKey]store.Session{}, EchoedAt: map[string]int64{}, Started: map[string]store.Conversation{},
	}
	if empty(w) {
		return s, t.err
	}
	t.readConversations(w, s)
	t.readPeople(w.People, func(p *store.Person) { s.People[store.Conversation{PageID: p.PageID, PSID: p.PSID}] = p })
	t.readSessions(w.Sessions, s)
	t.readEchoes(w, s)
	t.readKeys(w, s)
	return s, t.sync()
}

// empty reports whether there is nothing to lock or to read.
func empty(w *queue.Wants) bool {
	return len(w.Conversations)+len(w.Lookups)+len(w.Keys)+len(w.People)+len(w.Sessions)+len(w.Pages)+len(w.Started) == 0
}

// readConversations locks conversations and reads them. What waits in one is read if its sends are wanted or an event of it
// ends.
func (t *tx) readConversations(w *queue.Wants, s *queue.Snapshot) {
	wants := w.Conversations
	if len(wants) == 0 {
		return
	}
	all := column(wants, func(w *queue.ConversationWant) store.Conversation { return w.Conversation })
	pageIDs, personIDs := conversationColumns(all)
	t.change(lockConversations, pageIDs, personIDs)
	var plain, working []store.Conversation
	var ends []int64
	for i := range wants {
		if want := &wants[i]; want.Sends || want.Ends != 0 {
			working, ends = append(working, want.Conversation), append(ends, want.Ends)
		} else {
			plain = append(plain, want.Conversation)
		}
	}
	if len(plain) > 0 {
		pageIDs, personIDs := conversationColumns(plain)
		t.read(readConversations, func(rows pgx.Rows) error {
			state := &queue.State{Stored: true}
			err := rows.Scan(conversationFields(&state.ConversationRow)...)
			s.Conversations[state.Conversation] = state
			return err
		}, pageIDs, personIDs)
	}
	if len(working) > 0 {
		pageIDs, personIDs := conversationColumns(working)
		t.read(readWork, func(rows pgx.Rows) error { return scanWork(rows, s) }, pageIDs, personIDs, ends, t.at())
	}
}

// scanWork adds a conversation, or another send of one, to a snapshot.
func scanWork(rows pgx.Rows, s *queue.Snapshot) error {
	state := &queue.State{Stored: true}
	var attempts, id, delay, notBefore, startedAt, tries *int64
	var key, group *string
	var body []byte
	err := rows.Scan(append(conversationFields(&state.ConversationRow), &attempts, &state.Others,
		&id, &key, &group, &body, &delay, &notBefore, &startedAt, &tries)...)
	if err != nil {
		return err
	}
	if attempts != nil {
		state.Waits, state.Attempts = true, *attempts
	}
	if known := s.Conversations[state.Conversation]; known != nil {
		state = known
	}
	s.Conversations[state.Conversation] = state
	if id != nil {
		state.HasSends = true
		state.Sends = append(state.Sends, &queue.SendRow{
			Conversation: state.Conversation, ID: *id, Key: *key, Group: *group, Body: body, Delay: *delay, NotBefore: *notBefore,
			StartedAt: *startedAt, Attempts: *tries,
		})
	}
	return nil
}

// conversationFields are what the columns of a conversation are scanned into.
func conversationFields(r *queue.ConversationRow) []any {
	return []any{
		&r.PageID, &r.PSID, &r.NextAt, &r.HoldUntil, &r.LeaseUntil, &r.Owner, &r.Holder, &r.Token, &r.Deliveries, &r.Alone,
	}
}

// readPeople reads people and calls found for each.
func (t *tx) readPeople(people []store.Conversation, found func(*store.Person)) {
	if len(people) == 0 {
		return
	}
	pageIDs, psids := conversationColumns(people)
	t.read(readPeople, func(rows pgx.Rows) error {
		p, err := scanPerson(rows)
		if err == nil {
			found(p)
		}
		return err
	}, pageIDs, psids)
}

func scanPerson(rows pgx.Rows) (*store.Person, error) {
	p := &store.Person{}
	var profileAt, firstSeen, lastAct, unavailable, human, thread, resumed int64
	err := rows.Scan(&p.PageID, &p.PSID, &p.Profile.FirstName, &p.Profile.LastName, &p.Profile.Name, &p.Profile.Username,
		&p.Profile.ProfilePic, &p.Profile.Locale, &p.Profile.Timezone, &p.Profile.Gender, &profileAt, &p.ProfileRefused,
		&p.ThumbUps, &firstSeen, &lastAct, &unavailable, &human, &p.ThreadOwner, &thread, &p.ThreadStandby, &resumed)
	p.ProfileAt, p.FirstSeen, p.LastAct = queue.Time(profileAt), queue.Time(firstSeen), queue.Time(lastAct)
	p.UnavailableSince, p.HumanAt = queue.Time(unavailable), queue.Time(human)
	p.ThreadAt, p.ResumedAt = queue.Time(thread), queue.Time(resumed)
	return p, err
}

func (t *tx) readSessions(keys []queue.SessionKey, s *queue.Snapshot) {
	if len(keys) == 0 {
		return
	}
	pageIDs, psids, names := sessionColumns(keys)
	t.read(readSessions, func(rows pgx.Rows) error {
		var session store.Session
		var expires int64
		err := rows.Scan(&session.PageID, &session.PSID, &session.Name, &session.Version, &expires)
		session.Expires = queue.Time(expires)
		s.Sessions[queue.SessionKey{PageID: session.PageID, PSID: session.PSID, Name: session.Name}] = session
		return err
	}, pageIDs, psids, names)
}

func sessionColumns(keys []queue.SessionKey) (pageIDs, psids, names []string) {
	return column(keys, func(k *queue.SessionKey) string { return k.PageID }),
		column(keys, func(k *queue.SessionKey) string { return k.PSID }),
		column(keys, func(k *queue.SessionKey) string { return k.Name })
}

// readEchoes reads when pages had an echo, and the sends that echoes may settle.
func (t *tx) readEchoes(w *queue.Wants, s *queue.Snapshot) {
	if len(w.Pages) > 0 {
		t.read(readEchoes, func(rows pgx.Rows) error {
			var pageID string
			var at int64
			err := rows.Scan(&pageID, &at)
			s.EchoedAt[pageID] = at
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
	scan := func(found map[queue.Key]bool) func(pgx.Rows) error {
		return func(rows pgx.Rows) error {
			var kind int64
			var text string
			err := rows.Scan(&kind, &text)
			found[queue.Key{Kind: queue.Kind(kind), Text: text}] = true
			return err
		}
	}
	if len(w.Lookups) > 0 {
		kinds, texts := keyColumns(w.Lookups)
		t.read(lookUpKeys, scan(s.Seen), kinds, texts)
	}
	if len(w.Keys) > 0 {
		kinds, texts := keyColumns(w.Keys)
		t.read(insertKeys, scan(s.Fresh), kinds, texts, t.at())
	}
}

func keyColumns(keys []queue.Key) (kinds []int64, texts []string) {
	return column(keys, func(k *queue.Key) int64 { return int64(k.Kind) }), column(keys, func(k *queue.Key) string { return k.Text })
}
