package memory

import (
	"bytes"
	"context"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Put implements [store.Queuer].
func (s *Store) Put(ctx context.Context, events ...store.Event) error {
	op, err := queue.Put(events)
	return s.try(ctx, op, err)
}

// Enqueue implements [store.Queuer].
func (s *Store) Enqueue(ctx context.Context, sends ...store.Send) error {
	op, err := queue.Enqueue(sends)
	return s.try(ctx, op, err)
}

// Cancel implements [store.Queuer].
func (s *Store) Cancel(ctx context.Context, conv store.Conversation, key string) (bool, error) {
	op := queue.Cancel(conv, key)
	err := s.do(ctx, op)
	return err == nil && op.Found, err
}

// Claim implements [store.Queuer].
func (s *Store) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	op := queue.Claim(claim)
	if err := s.do(ctx, op); err != nil {
		return nil, err
	}
	return op.Leases, nil
}

// MarkAlone implements [store.Isolator]. The store ends with its process, so that nothing comes of the mark.
func (s *Store) MarkAlone(ctx context.Context, lease store.LeaseID, seq int64) error {
	return s.do(ctx, queue.MarkAlone(lease, seq))
}

// Renew implements [store.Queuer].
func (s *Store) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) (lost []store.LeaseID, err error) {
	op := queue.Renew(ttl, leases)
	if err := s.do(ctx, op); err != nil {
		return nil, err
	}
	return op.Lost, nil
}

// Commit implements [store.Queuer].
func (s *Store) Commit(ctx context.Context, outcome store.Outcome) (due []store.QueuedSend, err error) {
	op, err := queue.Commit(outcome, "")
	if err := s.try(ctx, op, err); err != nil {
		return nil, err
	}
	for i := range op.Due {
		op.Due[i].Body = bytes.Clone(op.Due[i].Body) // the tables keep the other
	}
	return op.Due, nil
}

// Apply implements [store.Store].
func (s *Store) Apply(ctx context.Context, writes ...store.Write) error {
	op, err := queue.Apply(writes)
	return s.try(ctx, op, err)
}

// Replay implements [store.DeadLetters].
func (s *Store) Replay(ctx context.Context, id int64) error { return s.do(ctx, queue.Replay(id)) }

// Drop implements [store.DeadLetters].
func (s *Store) Drop(ctx context.Context, id int64) error { return s.do(ctx, queue.Drop(id)) }

// Forget implements [store.Store].
func (s *Store) Forget(ctx context.Context, conv store.Conversation) error {
	op, err := queue.Forget(conv)
	return s.try(ctx, op, err)
}

// Heartbeat implements [store.Replicas].
func (s *Store) Heartbeat(ctx context.Context, replica store.Replica) (all []store.Replica, err error) {
	err = s.do(ctx, queue.Heartbeat(replica, func(found []store.Replica) { all = found }))
	return all, err
}

// EchoedAt implements [store.Replicas].
func (s *Store) EchoedAt(ctx context.Context, pageID string) (time.Time, error) {
	if err := s.begin(ctx); err != nil {
		return time.Time{}, err
	}
	defer s.mu.Unlock()
	return queue.Time(s.tables.echoed[pageID]), nil
}

// purgeStep is the most rows that a purge looks at while the store is locked.
const purgeStep = 1000

// Purge implements [store.Store].
func (s *Store) Purge(ctx context.Context, cutoffs store.Cutoffs) error {
	_, err := queue.Purge(cutoffs, purgeStep, func(op *queue.Operation) error { return s.do(ctx, op) })
	return err
}

// StartOnce implements [store.OnceKeeper].
func (s *Store) StartOnce(ctx context.Context, name, version string, lease time.Duration) (state store.OnceState, err error) {
	err = s.do(ctx, queue.StartOnce(name, version, lease, func(found store.OnceState) { state = found }))
	return state, err
}

// EndOnce implements [store.OnceKeeper].
func (s *Store) EndOnce(ctx context.Context, name, version string, token int64, done bool) error {
	return s.do(ctx, queue.EndOnce(name, version, token, done))
}
