package gormstore

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// txn is one transaction, and what it has come to so far.
type txn struct {
	*session
	w   *lane
	now time.Time
	// delta is what it changes about the waiting events of each page.
	delta map[string]int
	// hint is set if something may be due when it has committed.
	hint bool
	// found is what it has read, and keys are those that it has marked as seen.
	found *facts
	keys  keys
	// wanted are the keys that operations ask for.
	wanted map[seenKey]bool
	// freed are the keys of sends that it has taken back, and over those of sends
	// whose requests are surely over.
	freed, over map[string]bool
	// filling are the conversations that something will be put in.
	filling map[store.Conversation]bool
	// pending are the writes that were not run yet.
	pending pending
	calls   *calls
}

// begin begins the transaction, and asks for its settings and its time, and whose
// the sends are that operations may settle.
func (t *txn) begin(group []*operation) error {
	if err := t.later(nil, t.dialect.Begin()); err != nil {
		return err
	}
	var answer string
	var us int64
	settings := t.dialect.Settings()
	if settings != "" {
		err := t.later(func(row database.Row) error { return row.Scan(&answer, &us) }, settings)
		if err != nil {
			return err
		}
	}
	t.found = newFacts()
	if t.w.db.Cluster != nil {
		if err := t.whoseSends(group); err != nil {
			return err
		}
	}
	if err := t.sync(); err != nil {
		return err
	}
	t.now = t.w.now()
	if t.w.clock == nil && us != 0 {
		t.now = fromMicros(us)
	}
	if settings == "" {
		return nil
	}
	return t.dialect.Check(answer)
}

// commit makes the transaction durable.
func (t *txn) commit() error {
	if err := t.later(nil, "COMMIT"); err != nil {
		return err
	}
	return t.sync()
}

// rollback takes back what was not committed. A connection on which that fails is
// of no more use.
func (t *txn) rollback() {
	t.waiting = nil
	if _, err := t.exec("ROLLBACK"); err != nil && t.dialect.Intact(t.conn) {
		t.lost = true
	}
}

// run does what operations ask for, one step for all of them. They were asked
// for at the same time, so that any order of them is as good; here it is:
// renewals, commits, writes, puts, sends, claims. First all is locked and read, in
// as few round trips as can be, then judged, then changed.
//
// Processes that share a database cannot deadlock,
// because all of them take what they need in one order: the conversations, sorted;
// keys, sorted; what a user's code takes; attachments, sorted; the pages that had
// an echo, sorted. Everything else belongs to a conversation, and is changed only
// by the transaction that has locked it. Keys that are free again are erased last.
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
	if len(live) == 1 && live[0].probe {
		return t.probe(live[0])
	}
	if len(live) == 1 && live[0].run != nil {
		if err := live[0].run(t); err != nil {
			return err
		}
		return t.freeKeys()
	}
	commits := pick(live, func(op *operation) bool { return op.outcome != nil })
	applies := pick(live, func(op *operation) bool { return op.writes != nil })
	puts := pick(live, func(op *operation) bool { return op.events != nil })
	enqueues := pick(live, func(op *operation) bool { return op.sends != nil })
	t.filling = map[store.Conversation]bool{}
	for _, op := range slices.Concat(puts, enqueues) {
		op.locks(func(conv store.Conversation) { t.filling[conv] = true })
	}
	if err := t.lockFor(live); err != nil {
		return err
	}
	if err := t.read(commits, applies, puts, enqueues); err != nil {
		return err
	}
	t.judge(commits, applies)
	for _, step := range []func() error{
		func() error { return t.renew(pick(live, func(op *operation) bool { return op.renewal != nil })) },
		func() error { return t.endEvents(good(commits)) },
		func() error { return t.settle(good(commits)) },
		func() error { return t.write(good(commits), good(applies)) },
		func() error { t.judgeBacklog(puts); return nil },
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

var lockConversations = newSet("page_id TEXT, person_id TEXT",
	`INSERT INTO messenger_mailbox (page_id, person_id, hold_until, owner, holder, epoch, starts)
	SELECT r.page_id, r.person_id, 0, '', 0, 0, 0 FROM ROWS WHERE TRUE
	ON CONFLICT (page_id, person_id) DO UPDATE SET starts = messenger_mailbox.starts WHERE FALSE`)

// lock takes the rows of conversations, in order, which it makes where
// there are none. What is there already is locked and not changed.
func (t *txn) lock(convs map[store.Conversation]bool) error {
	if t.w.db.Cluster == nil {
		return nil
	}
	rows := make([][]any, 0, len(convs))
	for _, conv := range slices.SortedFunc(maps.Keys(convs), compareConversations) {
		rows = append(rows, []any{conv.PageID, conv.PersonID})
	}
	return t.change(lockConversations, rows)
}

func compareConversations(a, b store.Conversation) int {
	return cmp.Or(cmp.Compare(a.PageID, b.PageID), cmp.Compare(a.PersonID, b.PersonID))
}

// lockFor takes the conversations that operations need.
func (t *txn) lockFor(ops []*operation) error {
	if t.w.db.Cluster == nil {
		return nil
	}
	convs := t.found.whose
	for _, op := range ops {
		op.locks(func(conv store.Conversation) { convs[conv] = true })
	}
	return t.lock(convs)
}
