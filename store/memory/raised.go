package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// raised is a raised event that waits.
type raised struct {
	queue.RaisedRow
	in *conversation
}

// addRaised adds a raised event to those of its conversation, which are in the order of their due times.
func (t *tables) addRaised(row *queue.RaisedRow) {
	c := t.conversation(row.Conversation)
	r := &raised{*row, c}
	r.ID = t.next()
	at, _ := slices.BinarySearchFunc(c.raised, r, inDueOrder)
	c.raised = slices.Insert(c.raised, at, r)
	t.raised[r.ID] = r
}

func (t *tables) removeRaised(r *raised) {
	delete(t.raised, r.ID)
	r.in.raised = slices.DeleteFunc(r.in.raised, func(x *raised) bool { return x == r })
}

func (t *tx) applyRaised(c *queue.Changes) {
	for _, dead := range c.RaisedDead {
		letter := queue.DeadRow{EventRow: t.raised[dead.ID].EventRow, Failures: dead.Failures, At: dead.At}
		letter.Key, letter.Attempts = dead.Key, dead.Attempts
		t.bury(letter)
	}
	for _, one := range c.RaisedRetried {
		r := t.raised[one.ID]
		r.Attempts, r.Failures = r.Attempts+1, one.Failures
	}
	for _, id := range c.RaisedGone {
		t.removeRaised(t.raised[id])
	}
	for _, row := range c.RaisedAdded {
		t.addRaised(row)
	}
}

// fillRaised copies raised events, without their bodies.
func (t *tx) fillRaised(state *queue.State, want queue.RaisedWant) {
	state.RaisedRead = true
	c := t.conversations[want.Conversation]
	if c == nil {
		return
	}
	for i, r := range c.raised {
		if want.All || i < 2 || r.ID == want.ID {
			row := r.RaisedRow
			if want.Next && i < 2 && row.ReceivedAt <= t.now {
				row.Body = bytes.Clone(row.Body)
			} else {
				row.Body = nil
			}
			state.Raised = append(state.Raised, &row)
		}
	}
}

// Unscheduled implements queue.Tx: no other process has the tables.
func (t *tx) Unscheduled(int) ([]store.Conversation, error) { return nil, nil }

// dueRaised returns the first two that are due.
func (c *conversation) dueRaised(now int64) (due []queue.RaisedRow) {
	for _, r := range c.raised[:min(2, len(c.raised))] {
		if r.ReceivedAt <= now {
			row := r.RaisedRow
			row.Body = bytes.Clone(row.Body)
			due = append(due, row)
		}
	}
	return due
}

// Timers implements [store.Timers].
func (s *Store) Timers(ctx context.Context, conv store.Conversation, query store.TimerQuery) ([]store.Timer, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	c := s.tables.conversations[conv]
	if c == nil {
		return nil, nil
	}
	var timers []store.Timer
	after := queue.Micros(query.After.Due)
	for _, r := range c.raised {
		if len(timers) == query.Most() {
			break
		}
		if r.Key != "" || cmp.Or(cmp.Compare(r.ReceivedAt, after), cmp.Compare(r.ID, query.After.ID)) <= 0 {
			continue
		}
		timer := r.Timer()
		timer.Body = bytes.Clone(timer.Body)
		timers = append(timers, timer)
	}
	return timers, nil
}

// head is the event that is handled next, or nil.
func (c *conversation) head(now int64) *queue.EventRow {
	var inbox []queue.EventRow
	if len(c.events) > 0 {
		inbox = []queue.EventRow{c.events[0].EventRow}
	}
	events := queue.WithRaised(inbox, c.dueRaised(now))
	if len(events) == 0 {
		return nil
	}
	return &events[0]
}
