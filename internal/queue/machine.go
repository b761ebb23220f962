package queue

import (
	"errors"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/store"
)

// errNotExclusive is returned by [Machine.Run] for a group with an operation that must be alone.
var errNotExclusive = errors.New("store: an operation that must be alone is in a group")

// ErrRetry is returned by [Machine.Run] if another process has changed what the group had read before it took its locks. The
// caller rolls the transaction back and runs the group again.
var ErrRetry = errors.New("store: another process changed a send meanwhile")

// Machine runs groups of operations. Its fields do not change; it is safe for concurrent use if they are.
type Machine struct {
	// Bound is how many events of a page may wait, and Backlog returns how many do.
	Bound   int
	Backlog func(pageID string) int
	// Unserved remembers pages that claims leave to others; nil if the database passes over them itself.
	Unserved *Unserved
}

// Effects are what a group has come to, besides the results of its operations.
type Effects struct {
	// Hint reports that something may be due when the group has committed.
	Hint    bool
	backlog pageCounts
	unsent  []*Unsent
}

// Backlog returns by how much the waiting events of pages have changed. It is valid when the group has committed.
func (e Effects) Backlog() map[string]int {
	backlog := make(map[string]int, len(e.backlog))
	for _, c := range e.backlog {
		backlog[c.page] = c.n
	}
	for _, u := range e.unsent {
		backlog[u.PageID] -= int(u.Events) // the event that unsends has counted its page
	}
	return backlog
}

// group is a group of operations that run in one transaction.
type group struct {
	*Machine
	tx  Tx
	now int64

	wants   Wants
	snap    *Snapshot
	changes Changes
	effects Effects

	dirty []*State
	more  pageCounts // of the put that is checked
	// freed are keys of sends that were taken back, and seen those of events and edits, without a time, that the group has taken.
	freed, seen map[Key]bool
	people      map[store.Conversation]*person // changed
	// taken are the conversations that the claim has met, and rooms what is left of the room of pages.
	taken       map[store.Conversation]bool
	rooms       map[string]int
	sessions    map[SessionKey]*session // changed
	attachments map[AttachmentKey]store.SaveAttachment
	echoed      map[string]bool // pages
}

// Run runs operations in a transaction, in this order: renewals and marks, outcomes, writes, puts, sends, claims. They were asked
// for at the same time, so that any order is right. A group that has an operation with [Operation.Exclusive] beside others is refused.
//
// The error is one that costs the transaction; why an operation was refused is in the operation.
func (m *Machine) Run(tx Tx, ops []*Operation) (Effects, error) {
	g := newGroup(m, tx)
	defer g.end()
	for _, op := range ops {
		op.reset()
		if len(ops) > 1 && op.Exclusive() {
			return g.effects, errNotExclusive
		}
	}
	if len(ops) == 1 && ops[0].exclusive != nil {
		g.now = tx.Now()
		err := ops[0].exclusive(g)
		switch {
		case errors.Is(err, store.ErrNotFound):
			ops[0].Err = err // nothing was changed
			err = nil
		case err == nil:
			err = g.finish()
		}
		return g.effects, err
	}
	if slices.ContainsFunc(ops, func(op *Operation) bool { return op.claim == nil }) {
		g.wants.of(ops, tx.Owners())
		if err := g.change(ops); err != nil {
			return g.effects, err
		}
	}
	g.now = tx.Now()
	for _, op := range ops {
		if op.claim == nil {
			continue
		}
		var err error
		if op.Leases, err = g.claim(*op.claim); err != nil {
			return g.effects, err
		}
	}
	return g.effects, g.finish()
}

// change runs what changes rows that are known beforehand.
func (g *group) change(ops []*Operation) error {
	if err := g.read(&g.wants); err != nil {
		return err
	}
	g.now = g.tx.Now() // a database may say it with its first answer only
	for _, step := range &steps {
		for _, op := range ops {
			if err := step(g, op); err != nil {
				return err
			}
		}
	}
	g.flushAttachments() // they belong to no conversation, and are locked after what users' functions lock
	return g.flush()
}

// steps are what [Machine.Run] says, in that order.
var steps = [...]func(*group, *Operation) error{(*group).renew, (*group).applyOutcome, (*group).write, (*group).put, (*group).enqueue}

func (g *group) read(w *Wants) (err error) {
	g.snap, err = g.tx.Read(w)
	return err
}

// state returns a conversation that was read, or nil.
func (g *group) state(conv store.Conversation) *State { return g.snap.Conversations[conv] }

// touch notes that a conversation's row has changed.
func (g *group) touch(s *State) {
	if !s.dirty {
		s.dirty = true
		g.dirty = append(g.dirty, s)
	}
}

// take reports whether a key was not seen before; it is from now on.
func (g *group) take(key Key) bool {
	if !g.free(key) {
		return false
	}
	delete(g.snap.Inserted, key)
	delete(g.freed, key)
	return true
}

// see takes the key of an event or of edits, if it is free. An event with a time is refused if its key without the time was seen.
func (g *group) see(key Key) {
	g.take(key)
	if key.Kind != KeyTimedEvent {
		add(&g.seen, key)
	}
}

// free reports whether a key could be taken.
func (g *group) free(key Key) bool { return g.snap.Inserted[key] || g.freed[key] }

// flush applies what was decided so far.
func (g *group) flush() error {
	c := &g.changes
	for _, s := range g.dirty {
		s.dirty = false
		switch gone := s.idle(g.now); {
		case gone && s.Stored:
			c.ConversationsGone = append(c.ConversationsGone, s.Conversation)
			s.Stored = false
		case gone:
		case s.dormant(g.now):
			c.ConversationsDormant = append(c.ConversationsDormant, &s.ConversationRow)
			s.Stored = true
		case s.Stored:
			c.Conversations = append(c.Conversations, &s.ConversationRow)
		default:
			c.ConversationsAdded = append(c.ConversationsAdded, &s.ConversationRow)
			s.Stored = true
		}
	}
	c.SendsAdded = slices.DeleteFunc(c.SendsAdded, func(s *SendRow) bool { return s.gone })
	c.SendsChanged = slices.DeleteFunc(c.SendsChanged, func(s *SendRow) bool { return s.gone })
	c.RaisedAdded = slices.DeleteFunc(c.RaisedAdded, func(r *RaisedRow) bool { return r.gone })
	g.flushPeople()
	g.flushSessions()
	if len(c.Echoed) > 1 {
		slices.SortFunc(c.Echoed, func(a, b PageTime) int { return strings.Compare(a.PageID, b.PageID) })
	}
	g.effects.unsent = append(g.effects.unsent, c.Unsent...)
	g.dirty = g.dirty[:0]
	for _, send := range c.SendsChanged {
		send.changed = false
	}
	err := g.tx.Apply(c)
	c.reset()
	return err
}

// finish deletes the keys that no operation has taken.
func (g *group) finish() error {
	if g.snap == nil || len(g.snap.Inserted)+len(g.freed) == 0 {
		return nil
	}
	var free []Key
	for key := range g.snap.Inserted {
		free = append(free, key)
	}
	for key := range g.freed {
		free = append(free, key)
	}
	return g.tx.Apply(&Changes{KeysFreed: sorted(free, compareKeys)})
}

// count notes a change of a page's waiting events.
func (g *group) count(pageID string, n int) { g.effects.backlog.add(pageID, n) }
