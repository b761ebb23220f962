package gormstore

import (
	"database/sql"
	"fmt"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

var (
	// currentLeases are the conversations of outcomes that are leased, the attempts of the
	// events that the outcomes end, NULL for one that does not wait, and whether sends
	// are due.
	currentLeases = newSet("page_id TEXT, person_id TEXT, seq BIGINT, now BIGINT",
		`SELECT m.page_id, m.person_id, m.epoch, r.seq,
			(SELECT i.attempts FROM messenger_inbox i WHERE i.seq = r.seq AND i.page_id = m.page_id AND i.person_id = m.person_id),
			EXISTS (SELECT 1 FROM messenger_outbox o WHERE o.page_id = r.page_id AND o.person_id = r.person_id AND o.not_before <= r.now)
		FROM ROWS, messenger_mailbox m WHERE m.page_id = r.page_id AND m.person_id = r.person_id AND m.lease_until IS NOT NULL`)
)

// facts are what a transaction has read before it changes anything. No other
// transaction can change it while this one has locked the conversations.
type facts struct {
	whose    map[store.Conversation]bool // the sends are that echoes may settle
	tokens   map[store.Conversation]int64
	attempts map[eventKey]int
	sends    map[store.Conversation]bool // are due
	started  []startedSend               // that echoes settle
	echoed   map[string]bool             // pages that are known to get echoes
	versions versions
}

type eventKey struct {
	store.Conversation
	seq int64
}

type startedSend struct {
	store.Conversation
	key string
}

func newFacts() *facts {
	return &facts{
		whose: map[store.Conversation]bool{}, tokens: map[store.Conversation]int64{}, attempts: map[eventKey]int{},
		sends: map[store.Conversation]bool{}, echoed: map[string]bool{}, versions: versions{},
	}
}

// read reads what operations are judged by, and marks their keys as seen.
func (t *txn) read(commits, applies, puts, enqueues []*operation) error {
	if err := t.readLeases(commits); err != nil {
		return err
	}
	if err := t.readVersions(commits, applies); err != nil {
		return err
	}
	if err := t.readStarted(puts); err != nil {
		return err
	}
	if err := t.readEchoed(puts); err != nil {
		return err
	}
	if err := t.see(puts, commits, enqueues); err != nil {
		return err
	}
	return t.sync()
}

func (t *txn) readLeases(commits []*operation) error {
	var rows [][]any
	for _, op := range commits {
		o := op.outcome
		var seq int64 // numbers begin at 1
		if o.Event != nil {
			seq = o.Event.Seq
		}
		rows = append(rows, []any{o.Lease.PageID, o.Lease.PersonID, seq, micros(t.now)})
	}
	return t.askLater(currentLeases, rows, func(found database.Row) error {
		var key eventKey
		var token int64
		var attempts sql.NullInt64
		var sends bool
		err := found.Scan(&key.PageID, &key.PersonID, &token, &key.seq, &attempts, &sends)
		t.found.tokens[key.Conversation], t.found.sends[key.Conversation] = token, sends
		if attempts.Valid {
			t.found.attempts[key] = int(attempts.Int64)
		}
		return err
	})
}

// judge refuses the operations whose lease, event or session is no longer what they
// take it for, before anything is changed.
func (t *txn) judge(commits, applies []*operation) {
	for _, op := range commits {
		if op.err = t.found.judge(op.outcome); op.err == nil {
			op.err = t.found.versions.judge(op.outcome.Writes, t.now)
		}
	}
	for _, op := range applies {
		op.err = t.found.versions.judge(op.writes, t.now)
	}
}

func (f *facts) judge(o *store.Outcome) error {
	conv := o.Lease.Conversation
	if token, held := f.tokens[conv]; !held || token != o.Lease.Token {
		return store.ErrFenced
	}
	if e := o.Event; e != nil {
		if attempts, waits := f.attempts[eventKey{conv, e.Seq}]; !waits || attempts != e.Attempts {
			return fmt.Errorf("store: event %d of the outcome, after %d attempts: %w", e.Seq, e.Attempts, store.ErrNotFound)
		}
	}
	return nil
}
