package queue

import (
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// mostUnscheduled is how many conversations a heartbeat schedules anew.
const mostUnscheduled = 1000

// Heartbeat announces a replica, and calls done with all that have not run out. While replicas run whose version does not know
// raised events, it also schedules conversations in which one is due and whose row such a replica has deleted or emptied.
func Heartbeat(replica store.Replica, done func([]store.Replica)) *Operation {
	replica.Pages, replica.Busy = slices.Clone(replica.Pages), slices.Clone(replica.Busy)
	return &Operation{exclusive: func(g *group) error {
		if err := g.schedule(); err != nil { // it locks conversations, which come first
			return err
		}
		all, err := g.tx.Heartbeat(replica, g.now+replica.TTL.Microseconds())
		done(all)
		return err
	}}
}

// schedule works out when conversations are due that have lost the due time of a raised event, or have a later one.
func (g *group) schedule() error {
	convs, err := g.tx.Unscheduled(mostUnscheduled)
	if err != nil || len(convs) == 0 {
		return err
	}
	slices.SortFunc(convs, compareConversations)
	if err := g.lock(convs, convs); err != nil {
		return err
	}
	for _, s := range g.snap.Conversations {
		switch { // claims may begin after due times that have passed
		case s.NextAt == 0:
			g.reschedule(s, g.now)
		case s.DueAt() > max(g.now, s.HoldUntil):
			s.rescheduleRaised(max(g.now, s.HoldUntil))
			g.touch(s)
		}
	}
	g.effects.Hint = true
	return g.flush()
}

// Now calls done with the store's time.
func Now(done func(time.Time)) *Operation {
	return &Operation{exclusive: func(g *group) error {
		done(Time(g.now))
		return nil
	}}
}

// Touch makes a transaction that changes nothing.
func Touch() *Operation {
	return &Operation{exclusive: func(*group) error { return nil }}
}

// Ping puts an event by the way of [Put] and takes it back: what fails a Put, such as a full disk, a revoked permission or a table that
// is gone, fails it too. Nothing else may have the name, so that it waits for nothing, and nothing waits for it.
func Ping(name string) *Operation {
	op := &Operation{probe: []store.Event{{
		Conversation: store.Conversation{PageID: name, PSID: name}, Key: name, EchoOf: name, Body: []byte(name),
	}}}
	op.exclusive = func(g *group) error {
		if err := g.tx.Savepoint(); err != nil {
			return err
		}
		probe := &Operation{events: op.probe}
		if err := g.read(wantsOf(probe)); err != nil {
			return err
		}
		if err := g.put(probe); err != nil {
			return err
		}
		if probe.Err != nil {
			return probe.Err
		}
		if err := g.flush(); err != nil {
			return err
		}
		if err := g.tx.Undo(); err != nil {
			return err
		}
		g.snap, g.effects = nil, Effects{}
		return g.tx.Touch()
	}
	return op
}

// Probe returns the events that a ping puts and takes back.
func (op *Operation) Probe() []store.Event { return op.probe }
