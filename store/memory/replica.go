package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// announced is a replica, and until when it counts.
type announced struct {
	store.Replica
	until time.Time
}

// Heartbeat implements [store.Replicas].
func (m *Store) Heartbeat(ctx context.Context, replica store.Replica) ([]store.Replica, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	now := m.now()
	until := now.Add(replica.TTL)
	replica.Pages, replica.Busy, replica.TTL = slices.Clone(replica.Pages), slices.Clone(replica.Busy), 0
	m.replicas[replica.Owner] = announced{replica, until}
	maps.DeleteFunc(m.replicas, func(_ string, r announced) bool { return !r.until.After(now) })
	var all []store.Replica
	for _, r := range m.replicas {
		r.Pages, r.Busy = slices.Clone(r.Pages), slices.Clone(r.Busy)
		all = append(all, r.Replica)
	}
	slices.SortFunc(all, func(a, b store.Replica) int { return cmp.Compare(a.Owner, b.Owner) })
	return all, nil
}

// EchoedAt implements [store.Replicas].
func (m *Store) EchoedAt(ctx context.Context, pageID string) (time.Time, error) {
	if err := m.begin(ctx); err != nil {
		return time.Time{}, err
	}
	defer m.mu.Unlock()
	return m.echoed[pageID], nil
}
