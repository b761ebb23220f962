package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

// memoryReplica is a replica, and until when it counts.
type memoryReplica struct {
	Replica
	until time.Time
}

// Heartbeat implements [Cluster].
func (m *Memory) Heartbeat(ctx context.Context, replica Replica) ([]Replica, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	now := m.now()
	until := now.Add(replica.TTL)
	replica.Pages, replica.Busy, replica.TTL = slices.Clone(replica.Pages), slices.Clone(replica.Busy), 0
	m.replicas[replica.Owner] = memoryReplica{replica, until}
	maps.DeleteFunc(m.replicas, func(_ string, r memoryReplica) bool { return !r.until.After(now) })
	var all []Replica
	for _, r := range m.replicas {
		r.Pages, r.Busy = slices.Clone(r.Pages), slices.Clone(r.Busy)
		all = append(all, r.Replica)
	}
	slices.SortFunc(all, func(a, b Replica) int { return cmp.Compare(a.Owner, b.Owner) })
	return all, nil
}

// EchoedAt implements [Cluster].
func (m *Memory) EchoedAt(ctx context.Context, pageID string) (time.Time, error) {
	if err := m.begin(ctx); err != nil {
		return time.Time{}, err
	}
	defer m.mu.Unlock()
	return m.echoed[pageID], nil
}
