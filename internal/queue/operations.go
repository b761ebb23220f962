package queue

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Operations are the methods of a [store.Store] that make an [Operation] of their arguments and have it run. Each store
// embeds them.
type Operations struct {
	run    func(ctx context.Context, op *Operation) error
	api    string
	erased func(ctx context.Context)
}

// NewOperations returns methods that run operations with a function. It returns when an operation is durable, or why it
// is not; after an error the operation may still be running. The API is that of the calls that the store can run, as in
// [Commit]. Erased, if not nil, is called when data of people has been deleted.
func NewOperations(run func(context.Context, *Operation) error, api string, erased func(context.Context)) Operations {
	return Operations{run: run, api: api, erased: erased}
}

// try runs an operation, unless its arguments were refused.
func (o *Operations) try(ctx context.Context, op *Operation, err error) error {
	if err != nil {
		return err
	}
	return o.run(ctx, op)
}

// Put implements [store.Queuer].
func (o *Operations) Put(ctx context.Context, events ...store.Event) error {
	op, err := Put(events)
	return o.try(ctx, op, err)
}

// Enqueue implements [store.Queuer].
func (o *Operations) Enqueue(ctx context.Context, sends ...store.Send) error {
	op, err := Enqueue(sends)
	return o.try(ctx, op, err)
}

// Cancel implements [store.Queuer].
func (o *Operations) Cancel(ctx context.Context, conv store.Conversation, key string) (bool, error) {
	return o.find(ctx, Cancel(conv, key))
}

// CancelRaised implements [store.Timers].
func (o *Operations) CancelRaised(ctx context.Context, conv store.Conversation, key string) (bool, error) {
	if err := store.CheckRaise(key, 0); err != nil {
		return false, err
	}
	return o.find(ctx, CancelRaised(conv, key))
}

// find runs an operation that takes something back, and reports whether there was any.
func (o *Operations) find(ctx context.Context, op *Operation) (bool, error) {
	if err := o.run(ctx, op); err != nil {
		return false, err
	}
	return op.Found, nil
}

// Claim implements [store.Queuer].
func (o *Operations) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	op := Claim(claim)
	if err := o.run(ctx, op); err != nil {
		return nil, err
	}
	return op.Leases, nil
}

// Renew implements [store.Queuer].
func (o *Operations) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) (lost []store.LeaseID, err error) {
	for wait := firstRenewWait; ; wait *= 2 {
		op := Renew(ttl, leases)
		if err := o.run(ctx, op); err != nil {
			return nil, err // with the next renewal what is lost is lost again
		}
		lost, leases = append(lost, op.Lost...), op.Locked
		if len(leases) == 0 {
			return lost, nil
		}
		if wait > mostRenewWait {
			return lost, &store.RenewError{Leases: leases}
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return lost, &store.RenewError{Leases: leases}
		}
	}
}

// A renewal that meets locked conversations tries those again after firstRenewWait, and then after twice as long each time, up to
// mostRenewWait: a transaction of the store itself takes no longer as a rule.
const (
	firstRenewWait = 10 * time.Millisecond
	mostRenewWait  = 640 * time.Millisecond
)

// Commit implements [store.Queuer].
func (o *Operations) Commit(ctx context.Context, outcome store.Outcome) ([]store.QueuedSend, error) {
	op, err := Commit(outcome, o.api)
	if err := o.try(ctx, op, err); err != nil {
		return nil, err
	}
	if op.Next != nil {
		outcome.Next(*op.Next)
	}
	return op.Due, nil
}

// Apply implements [store.Store].
func (o *Operations) Apply(ctx context.Context, writes ...store.Write) error {
	op, err := Apply(writes)
	return o.try(ctx, op, err)
}

// Forget implements [store.Store].
func (o *Operations) Forget(ctx context.Context, conv store.Conversation) error {
	op, err := Forget(conv)
	if err := o.try(ctx, op, err); err != nil {
		return err
	}
	if o.erased != nil {
		o.erased(ctx)
	}
	return nil
}

// Purge implements [store.Store].
func (o *Operations) Purge(ctx context.Context, cutoffs store.Cutoffs) error {
	forgotten, err := Purge(cutoffs, purgeStep, func(op *Operation) error { return o.run(ctx, op) })
	if forgotten && o.erased != nil {
		o.erased(ctx)
	}
	return err
}

// Now implements [store.Clock].
func (o *Operations) Now(ctx context.Context) (time.Time, error) {
	return ask(ctx, o, Now)
}

// MarkAlone implements [store.Isolator].
func (o *Operations) MarkAlone(ctx context.Context, lease store.LeaseID, seq int64) error {
	return o.run(ctx, MarkAlone(lease, seq))
}

// Replay implements [store.DeadLetters].
func (o *Operations) Replay(ctx context.Context, id int64) error { return o.run(ctx, Replay(id)) }

// Drop implements [store.DeadLetters].
func (o *Operations) Drop(ctx context.Context, id int64) error { return o.run(ctx, Drop(id)) }

// Ping implements [store.Inspector]. Its event has a page, a person and keys that nothing else has.
func (o *Operations) Ping(ctx context.Context) error {
	return o.run(ctx, Ping("messenger/probe/"+rand.Text()))
}

// Heartbeat implements [store.Replicas].
func (o *Operations) Heartbeat(ctx context.Context, replica store.Replica) ([]store.Replica, error) {
	return ask(ctx, o, func(done func([]store.Replica)) *Operation { return Heartbeat(replica, done) })
}

// StartOnce implements [store.OnceKeeper].
func (o *Operations) StartOnce(ctx context.Context, name, version string, lease time.Duration) (store.OnceState, error) {
	return ask(ctx, o, func(done func(store.OnceState)) *Operation { return StartOnce(name, version, lease, done) })
}

// EndOnce implements [store.OnceKeeper].
func (o *Operations) EndOnce(ctx context.Context, name, version string, token int64, done bool) error {
	return o.run(ctx, EndOnce(name, version, token, done))
}

// ask runs an operation that calls a function with its answer. After an error the answer is not looked at: the operation
// may still be running.
func ask[T any](ctx context.Context, o *Operations, operation func(done func(T)) *Operation) (T, error) {
	var answer, none T
	if err := o.run(ctx, operation(func(found T) { answer = found })); err != nil {
		return none, err
	}
	return answer, nil
}
