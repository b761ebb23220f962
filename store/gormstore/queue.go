package gormstore

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Put implements [store.Queuer]. A refusal that rests on an old count of what waits is checked against a new one.
func (s *Store) Put(ctx context.Context, events ...store.Event) error {
	op, err := queue.Put(events)
	if err != nil {
		return err
	}
	counts := s.writer.backlog.counted()
	err = s.writer.do(ctx, op)
	var full *store.BacklogError
	if errors.As(err, &full) && s.writer.backlog.recounted(ctx, counts) {
		again, _ := queue.Put(events)
		err = s.writer.do(ctx, again)
	}
	return err
}

// Enqueue implements [store.Queuer].
func (s *Store) Enqueue(ctx context.Context, sends ...store.Send) error {
	op, err := queue.Enqueue(sends)
	return s.run(ctx, op, err)
}

// Cancel implements [store.Queuer].
func (s *Store) Cancel(ctx context.Context, conv store.Conversation, key string) (bool, error) {
	op := queue.Cancel(conv, key)
	if err := s.writer.do(ctx, op); err != nil {
		return false, err
	}
	return op.Found, nil
}

// Claim implements [store.Queuer].
func (s *Store) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	op := queue.Claim(claim)
	if err := s.writer.do(ctx, op); err != nil {
		return nil, err
	}
	return op.Leases, nil
}

// MarkAlone implements [store.Isolator].
func (s *Store) MarkAlone(ctx context.Context, lease store.LeaseID, seq int64) error {
	return s.writer.do(ctx, queue.MarkAlone(lease, seq))
}

// Renew implements [store.Queuer].
func (s *Store) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) (lost []store.LeaseID, err error) {
	op := queue.Renew(ttl, leases)
	if err := s.writer.do(ctx, op); err != nil {
		return nil, err
	}
	return op.Lost, nil
}

// Commit implements [store.Queuer]. An outcome with a [store.Call] commits in a transaction of its own.
func (s *Store) Commit(ctx context.Context, outcome store.Outcome) ([]store.QueuedSend, error) {
	op, err := queue.Commit(outcome, api)
	if err := s.run(ctx, op, err); err != nil {
		return nil, err
	}
	return op.Due, nil
}

// Apply implements [store.Store].
func (s *Store) Apply(ctx context.Context, writes ...store.Write) error {
	op, err := queue.Apply(writes)
	return s.run(ctx, op, err)
}

// Replay implements [store.DeadLetters].
func (s *Store) Replay(ctx context.Context, id int64) error {
	return s.writer.do(ctx, queue.Replay(id))
}

// Drop implements [store.DeadLetters].
func (s *Store) Drop(ctx context.Context, id int64) error {
	return s.writer.do(ctx, queue.Drop(id))
}

// Ping implements [store.Inspector]. Its event has a page, a person and keys that nothing else has.
func (s *Store) Ping(ctx context.Context) error {
	return s.writer.do(ctx, queue.Ping("messenger/probe/"+rand.Text()))
}
