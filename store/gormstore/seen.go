package gormstore

import (
	"cmp"
	"maps"
	"slices"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// Kinds of deduplication keys.
const (
	seenEvent = 0
	seenSend  = 1
	seenEdits = 2 // the EditOf of a message that was unsent
)

type seenKey struct {
	kind int
	key  string
}

// keys are those that a transaction has marked as seen: true as long as nobody
// has taken them.
type keys map[seenKey]bool

// take reports whether a key was not seen before; it is from now on.
func (k keys) take(key seenKey) bool {
	fresh := k[key]
	if fresh {
		k[key] = false
	}
	return fresh
}

const seeKey = `INSERT INTO messenger_seen (kind, key, at) SELECT r.kind, r.key, r.at FROM ROWS WHERE TRUE
	ON CONFLICT DO NOTHING`

var (
	seeKeys   = newSet("kind BIGINT, key TEXT, at BIGINT", seeKey)
	freshKeys = newSet("kind BIGINT, key TEXT, at BIGINT", seeKey+" RETURNING kind, key")
)

// see marks the keys of all operations as seen, in one order. Operations that are
// found good then take the fresh ones; what nobody takes is free again.
func (t *txn) see(puts, commits, enqueues []*operation) error {
	wanted := map[seenKey]bool{}
	for _, op := range puts {
		for _, ev := range op.events {
			wanted[seenKey{seenEvent, ev.Key}] = true
			for _, key := range ev.Unsends.Keys {
				wanted[seenKey{seenEvent, key}] = true
			}
			// An edit asks for it too, and leaves it free: it is refused if it was taken.
			for _, key := range []string{ev.EditOf, ev.Unsends.Edits} {
				if key != "" {
					wanted[seenKey{seenEdits, key}] = true
				}
			}
		}
	}
	for _, op := range commits {
		wantSends(wanted, op.outcome.Sends)
	}
	for _, op := range enqueues {
		wantSends(wanted, op.sends)
	}
	sorted := slices.SortedFunc(maps.Keys(wanted), func(a, b seenKey) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.key, b.key))
	})
	rows := make([][]any, 0, len(sorted))
	for _, key := range sorted {
		rows = append(rows, []any{key.kind, key.key, micros(t.now)})
	}
	t.keys = keys{}
	err := t.insert(seeKeys, freshKeys, rows, func(found database.Row) error {
		var key seenKey
		err := found.Scan(&key.kind, &key.key)
		t.keys[key] = true
		return err
	}, func(row int) { t.keys[sorted[row]] = true })
	t.wanted = wanted
	return err
}

// isUnsent reports whether an event is an edit of a message that was unsent before.
func (t *txn) isUnsent(ev store.Event) bool {
	return ev.EditOf != "" && !t.keys[seenKey{seenEdits, ev.EditOf}]
}

// reuse lets sends take the keys of those that were taken back: they are there, and
// are free.
func (t *txn) reuse() {
	for key := range t.freed {
		if t.wanted[seenKey{seenSend, key}] {
			t.keys[seenKey{seenSend, key}] = true
			delete(t.freed, key)
		}
	}
}

func wantSends(wanted map[seenKey]bool, sends []store.Send) {
	for _, send := range sends {
		if send.Fresh {
			continue
		}
		wanted[seenKey{seenSend, send.Key}] = true
	}
}

var freeKeys = newSet("kind BIGINT, key TEXT",
	`DELETE FROM messenger_seen WHERE (kind, key) IN (SELECT r.kind, r.key FROM ROWS)`)

// freeKeys erases the keys that nobody has taken. It is the last thing that a
// transaction does: who waits for one of the rows waits for its end.
func (t *txn) freeKeys() error {
	var rows [][]any
	for key, left := range t.keys {
		if left {
			rows = append(rows, []any{key.kind, key.key})
		}
	}
	for key := range t.freed {
		rows = append(rows, []any{seenSend, key})
	}
	return t.change(freeKeys, rows)
}

// judgeBacklog refuses puts that would take a page past the bound. Events that were
// seen before do not count.
func (t *txn) judgeBacklog(puts []*operation) {
	more := map[string]int{}
	known := map[string]bool{}
	for _, op := range puts {
		for _, ev := range op.events {
			more[ev.PageID]++
			known[ev.Key] = !t.keys[seenKey{seenEvent, ev.Key}] || t.isUnsent(ev)
		}
	}
	waiting := map[string]int{}
	over := false
	for page, n := range more {
		waiting[page] = t.w.backlog.waiting(page) + t.delta[page]
		over = over || waiting[page]+n > t.w.bound
	}
	if !over {
		return
	}
	for _, op := range puts {
		op.err = judgePut(op.events, waiting, known, t.w.bound)
	}
}

// judgePut decides about one put, and counts its events if there is room.
func judgePut(events []store.Event, waiting map[string]int, known map[string]bool, bound int) error {
	more := map[string]int{}
	fresh := map[string]bool{}
	for _, ev := range events {
		if !known[ev.Key] && !fresh[ev.Key] {
			fresh[ev.Key] = true
			more[ev.PageID]++
		}
	}
	var over []string
	for page, n := range more {
		if waiting[page]+n > bound {
			over = append(over, page)
		}
	}
	if len(over) > 0 {
		slices.Sort(over)
		return &store.BacklogError{PageIDs: over, Bound: bound}
	}
	for page, n := range more {
		waiting[page] += n
	}
	maps.Copy(known, fresh)
	return nil
}
