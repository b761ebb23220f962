package gormstore

import (
	"context"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Heartbeat implements [store.Replicas]. Where the database belongs to one process, nothing is written: there is no other
// process to tell.
func (s *Store) Heartbeat(ctx context.Context, replica store.Replica) ([]store.Replica, error) {
	if s.db.Cluster == nil {
		if _, err := s.begin(ctx); err != nil {
			return nil, err
		}
		return s.within.Heartbeat(ctx, replica)
	}
	var all []store.Replica
	err := s.writer.do(ctx, queue.Heartbeat(replica, func(replicas []store.Replica) { all = replicas }))
	if err != nil {
		return nil, err
	}
	return all, nil
}
