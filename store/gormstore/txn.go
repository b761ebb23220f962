package gormstore

import (
	"cmp"
	"database/sql"
	"maps"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// txn is one transaction, and what it has come to so far.
type txn struct {
	*session
	w   *lane
	tx  *sql.Tx
	now time.Time
	// delta is what it changes about the waiting events of each page.
	delta map[string]int
	// hint is set if something may be due when it has committed.
	hint bool
	// keys are those that it has marked as seen, and freed those of sends that
	// it has taken back.
	keys  keys
	freed map[string]bool
	// pending are the writes that were not run yet.
	pending pending
	calls   *calls
}

// run does what operations ask for, one step for all of them. They were asked
// for at the same time, so that any order of them is as good; here it is:
// renewals, commits, writes, puts, sends, claims.
//
// Processes that share a database cannot wait for each other in a circle,
// because all of them take what they need in one order: the mailboxes, sorted;
// what a user's code takes; attachments, sorted; keys, sorted; the pages that had
// an echo, sorted. Everything else belongs to a conversation, and is changed only
// by who has its mailbox. Keys that are free again are erased last.
//
// An error of run is one that costs the transaction; what an operation alone is
// refused for stays in it.
func (t *txn) run(group []*operation) error {
	var live []*operation
	for _, op := range group {
		op.reset()
		if op.err = op.ctx.Err(); op.err == nil {
			live = append(live, op)
		}
	}
	if len(live) == 1 && live[0].run != nil {
		if err := live[0].run(t); err != nil {
			return err
		}
		return t.freeKeys()
	}
	if err := t.lockFor(live); err != nil {
		return err
	}
	commits := pick(live, func(op *operation) bool { return op.outcome != nil })
	applies := pick(live, func(op *operation) bool { return op.writes != nil })
	puts := pick(live, func(op *operation) bool { return op.events != nil })
	enqueues := pick(live, func(op *operation) bool { return op.sends != nil })
	for _, step := range []func() error{
		func() error { return t.renew(pick(live, func(op *operation) bool { return op.renewal != nil })) },
		func() error { return t.judge(commits, applies) },
		func() error { return t.endEvents(good(commits)) },
		func() error { return t.settle(good(commits)) },
		func() error { return t.write(good(commits), good(applies)) },
		func() error { return t.judgeBacklog(puts) },
		func() error { return t.see(good(puts), good(commits), enqueues) },
		func() error { return t.leave(good(commits)) },
		func() error { return t.put(good(puts)) },
		func() error { return t.enqueue(enqueues) },
		func() error { return t.claim(pick(live, func(op *operation) bool { return op.claim != nil })) },
		t.freeKeys,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func pick(ops []*operation, is func(*operation) bool) []*operation {
	var out []*operation
	for _, op := range ops {
		if is(op) {
			out = append(out, op)
		}
	}
	return out
}

// good leaves out what was refused.
func good(ops []*operation) []*operation {
	return pick(ops, func(op *operation) bool { return op.err == nil })
}

var lockMailboxes = newSet("page_id TEXT, person_id TEXT",
	`INSERT INTO messenger_mailbox (page_id, person_id, hold_until, owner, holder, epoch, starts)
	SELECT r.page_id, r.person_id, 0, '', 0, 0, 0 FROM ROWS WHERE TRUE
	ON CONFLICT (page_id, person_id) DO UPDATE SET starts = messenger_mailbox.starts WHERE FALSE`)

// lock takes the mailboxes of conversations, in order, which it makes where
// there are none. What is there already is locked and not changed.
func (t *txn) lock(convs map[store.Conversation]bool) error {
	if t.w.db.Cluster == nil {
		return nil
	}
	rows := make([][]any, 0, len(convs))
	for _, conv := range slices.SortedFunc(maps.Keys(convs), compareConversations) {
		rows = append(rows, []any{conv.PageID, conv.PersonID})
	}
	return t.change(lockMailboxes, rows)
}

func compareConversations(a, b store.Conversation) int {
	return cmp.Or(cmp.Compare(a.PageID, b.PageID), cmp.Compare(a.PersonID, b.PersonID))
}

// lockFor takes the mailboxes that operations need.
func (t *txn) lockFor(ops []*operation) error {
	if t.w.db.Cluster == nil {
		return nil
	}
	convs := map[store.Conversation]bool{}
	for _, op := range ops {
		op.locks(func(conv store.Conversation) { convs[conv] = true })
	}
	if err := t.whoseSends(ops, convs); err != nil {
		return err
	}
	return t.lock(convs)
}
