package memory

import (
	"context"
	"time"
)

// Now implements [store.Clock].
func (m *Store) Now(ctx context.Context) (time.Time, error) {
	if err := m.begin(ctx); err != nil {
		return time.Time{}, err
	}
	defer m.mu.Unlock()
	return m.now(), nil
}
