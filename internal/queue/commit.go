package queue

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/store"
)

// applyOutcome validates an outcome and plans what it changes.
func (g *group) applyOutcome(op *Operation) error {
	o := op.outcome
	if o == nil {
		return nil
	}
	if op.Err = g.check(o); op.Err != nil {
		return nil //nolint:nilerr // the operation is refused, the transaction goes on
	}
	s := g.state(o.Lease.Conversation)
	if err := g.endEvent(s, o.Event); err != nil {
		return err
	}
	g.applyResults(s, o.Results)
	for _, w := range o.Writes {
		if _, err := g.apply(w, s); err != nil {
			return err
		}
	}
	g.addSends(o.Sends, (*group).wait)
	op.Due = g.start(s, o)
	s.Deliveries, s.Alone, s.ending = 0, 0, 0
	g.touch(s)
	next := g.next(s, o)
	if next == nil {
		if o.Release {
			g.release(s, o)
		}
		return nil
	}
	row := next.handedOut()
	ev, err := row.queued()
	op.Next = &ev
	return err
}

// next returns the raised event that the worker of an outcome goes on with, or nil. It is the first that is due, so that from now on
// it may be running: see cancellable.
func (g *group) next(s *State, o *store.Outcome) *RaisedRow {
	if o.Next == nil || o.Event == nil || o.Event.Retry || s.events() || len(s.due(g.now)) > max(o.Due, 0) {
		return nil
	}
	first := s.firstRaised()
	if first == nil || first.ID == 0 || first.Body == nil || first.ReceivedAt > g.now {
		return nil // what the outcome itself raises has no number yet
	}
	return first
}

// check refuses an outcome whose lease, event or session is no longer what it takes it for.
func (g *group) check(o *store.Outcome) error {
	s := g.holds(o.Lease)
	if s == nil {
		return store.ErrFenced
	}
	if e := o.Event; e != nil && !s.waits(e) {
		return fmt.Errorf("store: event %d of the outcome, after %d attempts: %w", e.Seq, e.Attempts, store.ErrNotFound)
	}
	if err := g.checkSessions(o.Writes); err != nil {
		return err
	}
	if o.Event != nil && o.Event.Seq < 0 {
		s.ending = -o.Event.Seq
	}
	return g.checkRaises(o.Writes, s, o.Event)
}

// waits reports whether the event that an outcome ends waits as it was handed out.
func (s *State) waits(e *store.EventResult) bool {
	if e.Seq < 0 {
		row := s.raisedOf(-e.Seq)
		return row != nil && row.Attempts == int64(e.Attempts)
	}
	return s.Waits && s.Attempts == int64(e.Attempts)
}

// endEvent records the end of an event.
func (g *group) endEvent(s *State, result *store.EventResult) error {
	switch {
	case result == nil:
		return nil
	case result.Seq < 0:
		return g.endRaised(s, result)
	case result.Retry && result.Uncounted:
		return nil
	case result.Retry:
		failures, err := failuresOf(result)
		g.changes.EventsRetried = append(g.changes.EventsRetried, Retried{result.Seq, failures})
		return err
	case len(result.Failures) > 0:
		failures, err := failuresOf(result)
		if err != nil {
			return err
		}
		g.changes.EventsDead = append(g.changes.EventsDead, DeadRow{
			EventRow: EventRow{Conversation: s.Conversation, Seq: result.Seq, Attempts: s.Attempts + 1}, Failures: failures, At: g.now,
		})
	}
	g.changes.EventsDone = append(g.changes.EventsDone, result.Seq)
	s.Waits = false
	g.count(s.PageID, -1)
	return nil
}

// failuresOf are the failures of an event in the form of its row.
func failuresOf(result *store.EventResult) (string, error) {
	if len(result.Failures) == 0 {
		return "", nil
	}
	failures, err := json.Marshal(result.Failures)
	if err != nil {
		return "", fmt.Errorf("store: failures: %w", err)
	}
	return string(failures), nil
}

// start marks the send that the outcome starts, and returns those that are due.
func (g *group) start(s *State, o *store.Outcome) []store.QueuedSend {
	due := s.due(g.now)
	if len(due) > 0 && due[0].Key == o.Start {
		due[0].StartedAt = g.now
		g.sendChanged(due[0])
	}
	var queued []store.QueuedSend
	for _, send := range due[:min(max(o.Due, 0), len(due))] {
		queued = append(queued, send.Queued(g.now))
	}
	return queued
}

// release gives a conversation back.
func (g *group) release(s *State, o *store.Outcome) {
	s.LeaseUntil, s.Owner, s.Holder, s.HoldUntil = 0, "", 0, 0
	waits := o.After > 0 && (o.Awaits == "" || s.send(o.Awaits) != nil) && (!o.UntilEvent || !s.events() && !s.raisedDue(g.now))
	earliest := g.now
	if waits {
		earliest += o.After.Microseconds()
	}
	if waits && !o.UntilEvent {
		s.HoldUntil = earliest
	}
	g.reschedule(s, earliest)
	if waits && o.UntilEvent { // a timer ends the rest when it is due
		s.rescheduleRaised(g.now)
	}
	g.effects.Hint = g.effects.Hint || s.NextAt != 0 && !waits
}

// Queued is a send as it is handed out and shown.
func (r *SendRow) Queued(now int64) store.QueuedSend {
	q := store.QueuedSend{
		Send: store.Send{
			Conversation: r.Conversation, Key: r.Key, Group: r.Group, Body: r.Body, Delay: time.Duration(r.Delay),
		},
		AddedAt: Time(r.NotBefore - max(time.Duration(r.Delay), 0).Microseconds()), Attempts: int(r.Attempts),
	}
	if r.StartedAt != 0 {
		q.Started = true
		q.StartedAgo = time.Duration(max(now-r.StartedAt, 0)) * time.Microsecond
	}
	return q
}

// renew extends leases, and marks the event that runs alone.
func (g *group) renew(op *Operation) error {
	if m := op.mark; m != nil {
		s := g.holds(m.lease)
		if s == nil {
			op.Err = store.ErrFenced
			return nil
		}
		s.Alone = m.seq
		g.touch(s)
	}
	if op.renewal == nil {
		return nil
	}
	for _, id := range op.renewal.leases {
		s := g.holds(id)
		switch {
		case s == nil:
			op.Lost = append(op.Lost, id)
			continue
		case s.Locked:
			op.Locked = append(op.Locked, id)
			continue
		}
		s.LeaseUntil = g.until(op.renewal.ttl)
		g.touch(s)
	}
	return nil
}
