package memory

import (
	"bytes"
	"context"
	"slices"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Peek implements [store.Peeker].
func (s *Store) Peek(ctx context.Context, conv store.Conversation, limit int) ([]store.QueuedEvent, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	c := s.tables.conversations[conv]
	if c == nil {
		return nil, nil
	}
	var waiting []store.QueuedEvent
	for _, e := range slices.Backward(c.events) {
		if len(waiting) >= limit {
			break
		}
		waiting = append(waiting, store.QueuedEvent{
			Event: store.Event{Conversation: conv, Key: e.Key, Time: queue.Time(e.EventAt), Body: bytes.Clone(e.Body)},
			Seq:   e.Seq, ReceivedAt: queue.Time(e.ReceivedAt),
		})
	}
	return waiting, nil
}
