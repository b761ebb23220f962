package gormstore

import (
	"context"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// operation is one change of the store. It takes effect whole or not at all,
// and may be run again if nothing of it was committed.
type operation struct {
	ctx  context.Context
	done chan error

	// One of these is what it asks for.
	events  []store.Event
	sends   []store.Send
	outcome *store.Outcome
	writes  []store.Write
	renewal *renewal
	claim   *store.Claim
	run     func(*txn) error // in a transaction of its own
	probe   bool             // events are put and taken back

	// Its results.
	err    error
	found  bool
	lost   []store.LeaseID
	leases []store.Lease
	due    []store.QueuedSend
}

type renewal struct {
	leases []store.LeaseID
	ttl    time.Duration
}

// calls reports whether the operation runs a user's code.
func (op *operation) calls() bool {
	return op.outcome != nil && slices.ContainsFunc(op.outcome.Writes, isCall)
}

// alone reports whether the operation must commit in a transaction of its own:
// it runs a user's code, finds out as it goes what it needs to lock, or takes back
// what it has done.
func (op *operation) alone() bool {
	return op.run != nil || op.probe || op.calls()
}

// locks names the conversations that the operation may change something of.
func (op *operation) locks(yield func(store.Conversation)) {
	for _, ev := range op.events {
		yield(ev.Conversation)
	}
	for _, send := range op.sends {
		yield(send.Conversation)
	}
	locksOfWrites(op.writes, yield)
	if op.renewal != nil {
		for _, id := range op.renewal.leases {
			yield(id.Conversation)
		}
	}
	if op.outcome != nil {
		yield(op.outcome.Lease.Conversation)
		for _, send := range op.outcome.Sends {
			yield(send.Conversation)
		}
		locksOfWrites(op.outcome.Writes, yield)
	}
}

// reset makes the operation as it was before it ran.
func (op *operation) reset() {
	op.err, op.found, op.lost, op.leases, op.due = nil, false, nil, nil, nil
}
