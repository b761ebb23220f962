package gormstore

import (
	"context"
	"errors"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// operations are the methods of the store that are operations, which the writer runs.
type operations = queue.Operations

// Put implements [store.Queuer]. A refusal that rests on an old count of what waits is checked
// against a new one.
func (s *Store) Put(ctx context.Context, events ...store.Event) error {
	counts := s.writer.backlog.counted()
	err := s.operations.Put(ctx, events...)
	if _, full := errors.AsType[*store.BacklogError](err); full && s.writer.backlog.recounted(ctx, counts) {
		return s.operations.Put(ctx, events...)
	}
	return err
}

// Heartbeat implements [store.Replicas]. Where the database belongs to one process, nothing is
// written: there is no other process to tell.
func (s *Store) Heartbeat(ctx context.Context, replica store.Replica) ([]store.Replica, error) {
	if s.db.Cluster != nil {
		return s.operations.Heartbeat(ctx, replica)
	}
	if _, err := s.begin(ctx); err != nil {
		return nil, err
	}
	return s.within.Heartbeat(ctx, replica)
}

// Wake implements [store.Queuer].
func (s *Store) Wake(hint func()) (stop func()) { return s.hints.Add(hint) }

// RunsCalls implements [store.CallRunner]: the store runs what [OnCommit] queues, each outcome with
// such a call in a transaction of its own.
func (s *Store) RunsCalls(name string) bool { return name == api }
