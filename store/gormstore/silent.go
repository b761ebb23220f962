package gormstore

import (
	"context"
	"maps"
	"slices"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// silentStep is the most people who are forgotten in one transaction: it holds their
// conversations until it has erased all that they left.
const silentStep = 100

// purgeSilent forgets the people whose last act is before the cutoff and for whom nothing
// waits. It walks through all of them in the order of their keys, a step of rows at a
// time, and so needs no index that each act would have to change.
func (s *Store) purgeSilent(ctx context.Context, cutoff int64) error {
	erased := false
	defer func() {
		if erased && s.db.Erased != nil {
			s.db.Erased(ctx)
		}
	}()
	var after store.Conversation
	for more := true; more; {
		var silent []store.Conversation
		err := s.do(ctx, func(t *txn) (err error) {
			silent, after, more, err = t.silentAfter(after, cutoff)
			return err
		})
		if err != nil {
			return err
		}
		for step := range slices.Chunk(silent, silentStep) {
			var some bool
			err := s.do(ctx, func(t *txn) (err error) {
				some, err = t.forgetSilent(step, cutoff)
				return err
			})
			if err != nil {
				return err
			}
			erased = erased || some
		}
	}
	return nil
}

// silentAfter looks at the people after one. It returns those who have been silent, the
// last that it has looked at, and whether there may be more.
func (t *txn) silentAfter(after store.Conversation, cutoff int64) (silent []store.Conversation, last store.Conversation, more bool, err error) {
	last = after
	n := 0
	err = t.rows(func(row database.Row) error {
		var lastAct, firstSeen int64
		if err := row.Scan(&last.PageID, &last.PersonID, &lastAct, &firstSeen); err != nil {
			return err
		}
		n++
		if lastAct == 0 {
			lastAct = firstSeen
		}
		if lastAct < cutoff {
			silent = append(silent, last)
		}
		return nil
	}, "SELECT page_id, psid, last_act, first_seen FROM messenger_people WHERE (page_id, psid) > (?, ?) ORDER BY page_id, psid LIMIT ?",
		after.PageID, after.PersonID, purgeStep)
	return silent, last, n == purgeStep, err
}

var (
	// stillSilent leaves out who has acted meanwhile, and for whom something waits.
	stillSilent = newSet("page_id TEXT, psid TEXT, cutoff BIGINT, now BIGINT",
		`SELECT p.page_id, p.psid FROM ROWS, messenger_people p WHERE p.page_id = r.page_id AND p.psid = r.psid
			AND CASE WHEN p.last_act = 0 THEN p.first_seen ELSE p.last_act END < r.cutoff
			AND NOT EXISTS (SELECT 1 FROM messenger_inbox i WHERE i.page_id = p.page_id AND i.person_id = p.psid)
			AND NOT EXISTS (SELECT 1 FROM messenger_outbox o WHERE o.page_id = p.page_id AND o.person_id = p.psid)
			AND NOT EXISTS (SELECT 1 FROM messenger_mailbox m
				WHERE m.page_id = p.page_id AND m.person_id = p.psid AND m.lease_until > r.now)`)
	deadOfPages = newSet("page_id TEXT", `SELECT d.page_id, d.person_id FROM ROWS, messenger_dead d WHERE d.page_id = r.page_id`)
	// eraseSilent is all that is left of a person for whom nothing waits.
	eraseSilent = []*set{
		erasure("messenger_mailbox", "person_id"), erasure("messenger_people", "psid"), erasure("messenger_locations", "psid"),
		erasure("messenger_received", "psid"), erasure("messenger_sent", "psid"), erasure("messenger_sessions", "psid"),
	}
)

func erasure(table, person string) *set {
	return newSet("page_id TEXT, person TEXT",
		"DELETE FROM "+table+" WHERE (page_id, "+person+") IN (SELECT r.page_id, r.person FROM ROWS)")
}

// forgetSilent forgets those of a few people who are silent still. Their conversations are
// taken first: what is put for one of them meanwhile waits, and is of a new person. It
// reports whether there were any.
func (t *txn) forgetSilent(people []store.Conversation, cutoff int64) (erased bool, err error) {
	convs := map[store.Conversation]bool{}
	pages := map[string]bool{}
	var rows, pageRows [][]any
	for _, p := range people {
		convs[p] = true
		pages[p.PageID] = true
		rows = append(rows, []any{p.PageID, p.PersonID, cutoff, micros(t.now)})
	}
	for page := range pages {
		pageRows = append(pageRows, []any{page})
	}
	if err := t.lock(convs); err != nil {
		return false, err
	}
	// It is asked for after the lock, so that it is what others have committed.
	clear(convs)
	err = t.ask(stillSilent, rows, func(found database.Row) error {
		var conv store.Conversation
		err := found.Scan(&conv.PageID, &conv.PersonID)
		convs[conv] = true
		return err
	})
	if err != nil {
		return false, err
	}
	err = t.ask(deadOfPages, pageRows, func(found database.Row) error {
		var conv store.Conversation
		err := found.Scan(&conv.PageID, &conv.PersonID)
		delete(convs, conv)
		return err
	})
	if err != nil {
		return false, err
	}
	rows = nil
	for conv := range maps.Keys(convs) {
		rows = append(rows, []any{conv.PageID, conv.PersonID})
	}
	for _, erase := range eraseSilent {
		if err := t.change(erase, rows); err != nil {
			return false, err
		}
	}
	if len(rows) > 0 && t.w.db.Erasing != "" {
		err = t.later(nil, t.w.db.Erasing)
	}
	return len(rows) > 0, err
}
