package gormstore

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
)

// Now implements [store.Clock].
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	var now time.Time
	err := s.writer.do(ctx, queue.Now(func(found time.Time) { now = found }))
	if err != nil {
		return time.Time{}, err
	}
	return now, nil
}
