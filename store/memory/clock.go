package memory

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
)

// Now implements [store.Clock].
func (s *Store) Now(ctx context.Context) (now time.Time, err error) {
	err = s.do(ctx, queue.Now(func(found time.Time) { now = found }))
	return now, err
}
