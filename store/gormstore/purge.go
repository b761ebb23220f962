package gormstore

import (
	"context"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// purgeStep is the most rows that a transaction of a purge looks at, so that it blocks other operations only briefly.
const purgeStep = 1000

// Forget implements [store.Store].
func (s *Store) Forget(ctx context.Context, conv store.Conversation) error {
	op, err := queue.Forget(conv)
	if err := s.run(ctx, op, err); err != nil {
		return err
	}
	s.erased(ctx)
	return nil
}

// erased is called when people have been forgotten.
func (s *Store) erased(ctx context.Context) {
	if s.db.Erased != nil {
		s.db.Erased(ctx)
	}
}

// Purge implements [store.Store]. It works in small steps; if it fails, what it has erased by then stays erased. It skips
// locked rows, so that it cannot deadlock; the next purge finds them.
func (s *Store) Purge(ctx context.Context, cutoffs store.Cutoffs) error {
	forgotten, err := queue.Purge(cutoffs, purgeStep, func(op *queue.Operation) error { return s.writer.do(ctx, op) })
	if forgotten {
		s.erased(ctx)
	}
	return err
}
