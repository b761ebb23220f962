package memory

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// tx is the use of the tables by operations, under the store's lock. It changes them as it goes: nothing that it is asked for fails,
// so that nothing has to be rolled back.
type tx struct {
	*tables
	now int64
	ops []*queue.Operation
	// snapshot is what the first Read answers, state1 its first conversation, and person1 its first person: most operations need no more.
	snapshot queue.Snapshot
	state1   queue.State
	person1  store.Person
	read     bool
}

func (t *tx) begin(tables *tables, now int64, ops []*queue.Operation) {
	t.tables, t.now, t.ops, t.read = tables, now, ops, false
}

var _ queue.Tx = (*tx)(nil)

func (t *tx) Now() int64                   { return t.now }
func (t *tx) Holder() int64                { return 0 }
func (t *tx) Commit(context.Context) error { return nil }
func (t *tx) Rollback()                    {}
func (t *tx) Touch() error                 { return nil }

func (t *tx) Call(store.Call) error { return errors.ErrUnsupported }

// Owners implements queue.Tx.
func (t *tx) Owners() map[string]store.Conversation {
	var owners map[string]store.Conversation
	for _, op := range t.ops {
		for _, key := range op.EchoOf(nil) {
			if s := t.sendKeys[key]; s != nil {
				if owners == nil {
					owners = map[string]store.Conversation{}
				}
				owners[key] = s.Conversation
			}
		}
	}
	return owners
}

// clone returns a person that shares nothing with this one.
func clone(p *store.Person) *store.Person {
	out := new(store.Person)
	copyPerson(out, p)
	return out
}

// copyPerson makes a person what another one is; they share nothing.
func copyPerson(to, from *store.Person) {
	*to = *from
	if zone := from.Profile.Timezone; zone != nil {
		to.Profile.Timezone = new(*zone)
	}
}

// Due implements queue.Tx. What it looks at leaves the schedule and goes back, so that each is met once.
func (t *tx) Due(q *queue.DueQuery) ([]queue.DueRow, error) {
	var rows []queue.DueRow
	var passed []*conversation
	var skipped []*pageSchedule
	due, room := &t.due, map[string]int{}
	if q.Background {
		due = &t.later
	}
	defer func() { // also if a function of the claim panics
		for _, page := range skipped {
			due.fix(page)
		}
		for _, c := range passed {
			due.put(c)
		}
	}()
	for len(rows) < q.Limit {
		c := due.first(q.Now)
		if c == nil {
			break
		}
		left, met := room[c.PageID]
		if !met {
			if left = q.Room(c.PageID); q.Serves != nil && !q.Serves(c.PageID) {
				left = 0
			}
			room[c.PageID] = left
		}
		if left <= 0 {
			page := due.byPage[c.PageID]
			due.skip(page)
			skipped = append(skipped, page)
			continue
		}
		due.remove(c)
		passed = append(passed, c)
		if level := store.IsolationLevel(int(c.Deliveries)); level > 0 && q.Suspects[level-1] <= 0 {
			continue
		}
		room[c.PageID]--
		rows = append(rows, queue.DueRow{ConversationRow: c.ConversationRow, HasDueSends: len(c.sends) > 0})
	}
	return rows, nil
}

// FirstDue implements queue.Tx; a machine without Unserved does not ask.
func (t *tx) FirstDue(_ []string, _, until int64) (int64, error) { return until, nil }

// Work implements queue.Tx.
func (t *tx) Work(wants []queue.WorkWant, limit int) (*queue.Work, error) {
	work := &queue.Work{
		Events: make([][]queue.EventRow, len(wants)), Raised: make([][]queue.RaisedRow, len(wants)),
		Sends: make([][]queue.SendRow, len(wants)), People: make([]*store.Person, len(wants)),
	}
	for i, want := range wants {
		c := t.conversations[want.Conversation]
		for _, e := range c.events[:min(limit, len(c.events))] {
			row := e.EventRow
			row.Body = bytes.Clone(row.Body)
			work.Events[i] = append(work.Events[i], row)
		}
		work.Raised[i] = c.dueRaised(t.now)
		for _, s := range c.sends {
			if s.NotBefore <= t.now && len(work.Sends[i]) < limit {
				row := s.SendRow
				row.Body = bytes.Clone(row.Body)
				work.Sends[i] = append(work.Sends[i], row)
			}
		}
		if p := t.people[want.Conversation]; p != nil {
			work.People[i] = p
			if p.Profile.Timezone != nil { // the lease gets a copy of the person, but not of what it refers to
				work.People[i] = clone(p)
			}
		}
	}
	t.tokens++
	work.Token = t.tokens
	return work, nil
}

// DeadLetter implements queue.Tx.
func (t *tx) DeadLetter(id int64) (*queue.DeadRow, error) {
	for _, l := range t.dead {
		if l.ID == id {
			return &l, nil
		}
	}
	return nil, nil
}

// WithDeadLetters implements queue.Tx.
func (t *tx) WithDeadLetters(convs []store.Conversation) (map[store.Conversation]bool, error) {
	found := map[store.Conversation]bool{}
	for _, l := range t.dead {
		if _, ok := slices.BinarySearchFunc(convs, l.Conversation, compare); ok {
			found[l.Conversation] = true
		}
	}
	return found, nil
}

func compare(a, b store.Conversation) int {
	return cmp.Or(cmp.Compare(a.PageID, b.PageID), cmp.Compare(a.PSID, b.PSID))
}

// LastOrder implements queue.Tx.
func (t *tx) LastOrder(conv store.Conversation) (int64, error) {
	c := t.conversations[conv]
	if c == nil || len(c.events) == 0 {
		return 0, nil
	}
	return c.events[len(c.events)-1].OrderAt, nil
}

// PeopleAfter implements queue.Tx.
func (t *tx) PeopleAfter(after store.Conversation, limit int) ([]store.Person, error) {
	keys := slices.SortedFunc(maps.Keys(t.people), compare)
	at, found := slices.BinarySearchFunc(keys, after, compare)
	if found {
		at++
	}
	var people []store.Person
	for _, key := range keys[at:min(at+limit, len(keys))] {
		people = append(people, *t.people[key])
	}
	return people, nil
}

// announced is a replica, and until when it counts.
type announced struct {
	store.Replica
	until int64
}

// Heartbeat implements queue.Tx.
func (t *tx) Heartbeat(replica store.Replica, until int64) ([]store.Replica, error) {
	replica.TTL = 0
	t.replicas[replica.Owner] = announced{replica, until}
	maps.DeleteFunc(t.replicas, func(_ string, r announced) bool { return r.until <= t.now })
	var all []store.Replica
	for _, r := range t.replicas {
		r.Pages, r.Busy = slices.Clone(r.Pages), slices.Clone(r.Busy)
		all = append(all, r.Replica)
	}
	slices.SortFunc(all, func(a, b store.Replica) int { return cmp.Compare(a.Owner, b.Owner) })
	return all, nil
}

// OnceRow implements queue.Tx.
func (t *tx) OnceRow(name string) (queue.OnceRow, error) { return t.once[name], nil }
