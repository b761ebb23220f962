package gormstore

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// StartOnce implements [store.OnceKeeper].
func (s *Store) StartOnce(ctx context.Context, name, version string, lease time.Duration) (store.OnceState, error) {
	var answer store.OnceState
	err := s.writer.do(ctx, queue.StartOnce(name, version, lease, func(state store.OnceState) { answer = state }))
	if err != nil {
		return store.OnceState{}, err
	}
	return answer, nil
}

// EndOnce implements [store.OnceKeeper].
func (s *Store) EndOnce(ctx context.Context, name, version string, token int64, done bool) error {
	return s.writer.do(ctx, queue.EndOnce(name, version, token, done))
}
