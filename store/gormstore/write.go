package gormstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/store"
)

// Apply implements [store.Store].
func (s *Store) Apply(ctx context.Context, writes ...store.Write) error {
	if err := checkWrites(writes, false); err != nil {
		return err
	}
	return s.writer.do(ctx, &operation{writes: slices.Clone(writes)})
}

func isCall(w store.Write) bool {
	_, ok := w.(store.Call)
	return ok
}

func checkWrites(writes []store.Write, calls bool) error {
	for _, w := range writes {
		if err := store.CheckWrite(w); err != nil {
			return err
		}
		if call, ok := w.(store.Call); ok && (!calls || call.API != api) {
			return fmt.Errorf("store: a %s call cannot run here: %w", call.API, errors.ErrUnsupported)
		}
	}
	return nil
}

// locksOfWrites names the conversations that writes change something of.
func locksOfWrites(writes []store.Write, yield func(store.Conversation)) {
	for _, w := range writes {
		var of store.Conversation
		switch w := w.(type) {
		case store.SaveProfile:
			of = store.Conversation{PageID: w.PageID, PersonID: w.PSID}
		case store.TouchPerson:
			of = store.Conversation{PageID: w.PageID, PersonID: w.PSID}
		case store.MarkUnavailable:
			of = store.Conversation{PageID: w.PageID, PersonID: w.PSID}
		case store.NoteHuman:
			of = store.Conversation{PageID: w.PageID, PersonID: w.PSID}
		case store.NoteThread:
			of = store.Conversation{PageID: w.PageID, PersonID: w.PSID}
		case store.EndSilence:
			of = store.Conversation{PageID: w.PageID, PersonID: w.PSID}
		case store.AddThumbUp:
			of = store.Conversation{PageID: w.PageID, PersonID: w.PSID}
		case store.AddLocation:
			of = store.Conversation{PageID: w.Location.PageID, PersonID: w.Location.PSID}
		case store.SaveMessage:
			of = store.Conversation{PageID: w.Received.PageID, PersonID: w.Received.PSID}
		case store.SaveSent:
			of = store.Conversation{PageID: w.Sent.PageID, PersonID: w.Sent.PSID}
		case store.SaveSession:
			of = store.Conversation{PageID: w.PageID, PersonID: w.PSID}
		case store.DeleteSession:
			of = store.Conversation{PageID: w.PageID, PersonID: w.PSID}
		case store.CancelSend:
			of = w.Conversation
		default:
			continue
		}
		if of.PersonID != "" { // records of what has no person are nobody's
			yield(of)
		}
	}
}

// pending are the rows that writes come to, until they are stored.
type pending struct {
	people                    peopleChanges
	sessions                  map[sessionKey]store.Write
	attachments               map[attachmentKey]store.SaveAttachment
	locations, received, sent [][]any
}

// write applies the writes of operations, in order: commits, then writes beside
// turns.
func (t *txn) write(commits, applies []*operation) error {
	for _, op := range commits {
		for _, w := range op.outcome.Writes {
			if err := t.apply(op, w); err != nil {
				return err
			}
		}
	}
	for _, op := range applies {
		for _, w := range op.writes {
			if err := t.apply(op, w); err != nil {
				return err
			}
		}
	}
	if err := t.flush(); err != nil {
		return err
	}
	return t.saveAttachments()
}

func (t *txn) apply(op *operation, w store.Write) error {
	p := &t.pending
	switch w := w.(type) {
	case store.SaveProfile, store.TouchPerson, store.MarkUnavailable, store.NoteHuman, store.NoteThread, store.EndSilence, store.AddThumbUp:
		p.people = append(p.people, w)
	case store.CancelSend:
		var held store.Conversation
		if op.outcome != nil {
			held = op.outcome.Lease.Conversation
		}
		found, err := t.cancel(w, held)
		op.found = op.found || found
		return err
	case store.AddLocation:
		l := w.Location
		p.locations = append(p.locations, []any{l.PageID, l.PSID, l.Latitude, l.Longitude, l.Title, l.URL, l.MID, micros(l.At)})
	case store.SaveMessage:
		r := w.Received
		p.received = append(p.received, []any{r.PageID, r.PSID, r.Key, r.Type, []byte(r.Body), micros(r.At)})
	case store.SaveSent:
		p.sent = append(p.sent, sentRowOf(w.Sent))
	case store.SaveSession:
		p.session(sessionKey{w.PageID, w.PSID, w.Name}, w)
	case store.DeleteSession:
		p.session(sessionKey{w.PageID, w.PSID, w.Name}, w)
	case store.SaveAttachment:
		if p.attachments == nil {
			p.attachments = map[attachmentKey]store.SaveAttachment{}
		}
		p.attachments[attachmentKey{w.PageID, w.Name}] = w
	case store.Call:
		// What was written before is there for the function to see.
		if err := t.flush(); err != nil {
			return err
		}
		return t.call(w)
	default:
		return fmt.Errorf("store: no way to apply a %T: %w", w, errors.ErrUnsupported)
	}
	return nil
}

var (
	addLocations = newSet("page_id TEXT, psid TEXT, latitude DOUBLE, longitude DOUBLE, title PROSE, url PROSE, mid PROSE, at BIGINT",
		`INSERT INTO messenger_locations (page_id, psid, latitude, longitude, title, url, mid, at)
		SELECT r.page_id, r.psid, r.latitude, r.longitude, r.title, r.url, r.mid, r.at FROM ROWS`)
	addReceived = newSet("page_id TEXT, psid TEXT, key TEXT, type PROSE, body BYTES, at BIGINT",
		`INSERT INTO messenger_received (page_id, psid, key, type, body, at)
		SELECT r.page_id, r.psid, r.key, r.type, r.body, r.at FROM ROWS WHERE TRUE ON CONFLICT DO NOTHING`)
	addSent = newSet("page_id TEXT, psid TEXT, key TEXT, type PROSE, body BYTES, status BIGINT, response PROSE, mid PROSE, "+
		"outcome PROSE, error PROSE, at BIGINT",
		`INSERT INTO messenger_sent (page_id, psid, key, type, body, status, response, mid, outcome, error, at)
		SELECT r.page_id, r.psid, r.key, r.type, r.body, r.status, r.response, r.mid, r.outcome, r.error, r.at FROM ROWS`)
)

func sentRowOf(s store.Sent) []any {
	return []any{
		s.PageID, s.PSID, s.Key, s.Type, []byte(s.Body), s.Status, s.Response, s.MID, string(s.Outcome), s.Error, micros(s.At),
	}
}

// flush stores what is pending, all but attachments: those belong to no
// conversation.
func (t *txn) flush() error {
	p := t.pending
	t.pending = pending{attachments: p.attachments}
	if err := t.savePeople(p.people); err != nil {
		return err
	}
	if err := t.saveSessions(p.sessions); err != nil {
		return err
	}
	if err := t.change(addLocations, p.locations); err != nil {
		return err
	}
	if err := t.change(addReceived, p.received); err != nil {
		return err
	}
	return t.change(addSent, p.sent)
}
