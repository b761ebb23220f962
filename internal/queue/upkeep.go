package queue

import (
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Heartbeat announces a replica, and calls done with all that have not run out.
func Heartbeat(replica store.Replica, done func([]store.Replica)) *Operation {
	replica.Pages, replica.Busy = slices.Clone(replica.Pages), slices.Clone(replica.Busy)
	return &Operation{alone: func(g *group) error {
		all, err := g.tx.Heartbeat(replica, g.now+replica.TTL.Microseconds())
		done(all)
		return err
	}}
}

// Now calls done with the store's time.
func Now(done func(time.Time)) *Operation {
	return &Operation{alone: func(g *group) error {
		done(Time(g.now))
		return nil
	}}
}

// Touch makes a transaction that changes nothing.
func Touch() *Operation {
	return &Operation{alone: func(*group) error { return nil }}
}

// Ping puts an event by the way of [Put] and takes it back: what fails a Put, such as a full disk, a revoked permission or a table that
// is gone, fails it too. Nothing else may have the name, so that it waits for nothing, and nothing waits for it.
func Ping(name string) *Operation {
	op := &Operation{probe: []store.Event{{
		Conversation: store.Conversation{PageID: name, PSID: name}, Key: name, EchoOf: name, Body: []byte(name),
	}}}
	op.alone = func(g *group) error {
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
