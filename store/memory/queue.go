package memory

import (
	"bytes"
	"context"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// operations are the methods of the store that are operations.
type operations = queue.Operations

// Commit implements [store.Queuer].
func (s *Store) Commit(ctx context.Context, outcome store.Outcome) ([]store.QueuedSend, error) {
	due, err := s.operations.Commit(ctx, outcome)
	for i := range due {
		due[i].Body = bytes.Clone(due[i].Body) // the tables keep the other
	}
	return due, err
}

// Wake implements [store.Queuer].
func (s *Store) Wake(hint func()) (stop func()) { return s.hints.Add(hint) }

// EchoedAt implements [store.Replicas].
func (s *Store) EchoedAt(ctx context.Context, pageID string) (time.Time, error) {
	if err := s.begin(ctx); err != nil {
		return time.Time{}, err
	}
	defer s.mu.Unlock()
	return queue.Time(s.tables.echoed[pageID]), nil
}
