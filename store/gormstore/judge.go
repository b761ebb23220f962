package gormstore

import (
	"database/sql"
	"fmt"

	"github.com/djmessenger/messenger/store"
)

var (
	currentLeases = newSet("page_id TEXT, person_id TEXT",
		`SELECT m.page_id, m.person_id, m.epoch FROM ROWS, messenger_mailbox m WHERE m.page_id = r.page_id AND m.person_id = r.person_id AND m.lease_until IS NOT NULL`)
	waitingEvents = newSet("seq BIGINT",
		`SELECT i.seq, i.page_id, i.person_id, i.attempts FROM ROWS, messenger_inbox i WHERE i.seq = r.seq`)
	waitingSends = newSet("key TEXT",
		`SELECT o.key, o.page_id, o.person_id FROM ROWS, messenger_outbox o WHERE o.key = r.key`)
)

// facts are what outcomes are judged by. Nobody else can change them while the
// transaction has the mailboxes.
type facts struct {
	epochs   map[store.Conversation]int64
	attempts map[eventKey]int
	sends    map[sendKey]bool
	versions versions
}

type eventKey struct {
	store.Conversation
	seq int64
}

type sendKey struct {
	store.Conversation
	key string
}

// judge refuses the operations whose lease, event, send or session is no longer
// what they take it for, before anything is changed.
func (t *txn) judge(commits, applies []*operation) error {
	f, err := t.facts(commits, applies)
	if err != nil {
		return err
	}
	for _, op := range commits {
		if op.err = f.judge(op.outcome); op.err == nil {
			op.err = f.versions.judge(op.outcome.Writes, micros(t.now))
		}
	}
	for _, op := range applies {
		op.err = f.versions.judge(op.writes, micros(t.now))
	}
	return nil
}

func (f *facts) judge(o *store.Outcome) error {
	conv := o.Lease.Conversation
	if epoch, held := f.epochs[conv]; !held || epoch != o.Lease.Epoch {
		return store.ErrFenced
	}
	if e := o.Event; e != nil {
		if attempts, waits := f.attempts[eventKey{conv, e.Seq}]; !waits || attempts != e.Attempts {
			return fmt.Errorf("store: event %d of the outcome, after %d attempts: %w", e.Seq, e.Attempts, store.ErrNotFound)
		}
	}
	gone := map[string]bool{}
	for _, r := range o.Results {
		if r.State == store.SendStarted && (gone[r.Key] || !f.sends[sendKey{conv, r.Key}]) {
			return fmt.Errorf("store: send %q: %w", r.Key, store.ErrSendGone)
		}
		gone[r.Key] = gone[r.Key] || r.State == store.SendFinished
	}
	return nil
}

func (t *txn) facts(commits, applies []*operation) (*facts, error) {
	f := &facts{epochs: map[store.Conversation]int64{}, attempts: map[eventKey]int{}, sends: map[sendKey]bool{}}
	var convs, events, sends [][]any
	var writes [][]store.Write
	for _, op := range commits {
		o := op.outcome
		convs = append(convs, []any{o.Lease.PageID, o.Lease.PersonID})
		if o.Event != nil {
			events = append(events, []any{o.Event.Seq})
		}
		for _, r := range o.Results {
			if r.State == store.SendStarted {
				sends = append(sends, []any{r.Key})
			}
		}
		writes = append(writes, o.Writes)
	}
	for _, op := range applies {
		writes = append(writes, op.writes)
	}
	err := t.ask(currentLeases, convs, func(rows *sql.Rows) error {
		var conv store.Conversation
		var epoch int64
		err := rows.Scan(&conv.PageID, &conv.PersonID, &epoch)
		f.epochs[conv] = epoch
		return err
	})
	if err != nil {
		return nil, err
	}
	err = t.ask(waitingEvents, events, func(rows *sql.Rows) error {
		var key eventKey
		var attempts int
		err := rows.Scan(&key.seq, &key.PageID, &key.PersonID, &attempts)
		f.attempts[key] = attempts
		return err
	})
	if err != nil {
		return nil, err
	}
	err = t.ask(waitingSends, sends, func(rows *sql.Rows) error {
		var key sendKey
		err := rows.Scan(&key.key, &key.PageID, &key.PersonID)
		f.sends[key] = true
		return err
	})
	if err != nil {
		return nil, err
	}
	f.versions, err = t.versionsFor(writes...)
	return f, err
}
