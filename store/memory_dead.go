package store

import (
	"bytes"
	"context"
	"slices"
)

type memoryLetter struct {
	DeadLetter
	// only names the routes that the event was to run; none means all.
	only []string
}

// addLetter keeps a dead letter; the oldest goes if there are too many.
func (m *Memory) addLetter(letter *memoryLetter) {
	m.dead = append(m.dead, letter)
	if over := len(m.dead) - m.config.Records; over > 0 {
		for _, l := range m.dead[:over] {
			m.dedup.release(dedupKey{key: l.Key})
		}
		clear(m.dead[:over])
		m.dead = m.dead[over:]
	}
}

// Dead implements [Queuer].
func (m *Memory) Dead(ctx context.Context, query DeadQuery) ([]DeadLetter, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	limit := query.limit()
	var out []DeadLetter
	for _, letter := range m.dead {
		if len(out) == limit {
			break
		}
		if letter.ID <= query.After || query.PageID != "" && letter.PageID != query.PageID || query.Key != "" && letter.Key != query.Key {
			continue
		}
		l := letter.DeadLetter
		l.Body = bytes.Clone(l.Body)
		l.Failures = slices.Clone(l.Failures)
		out = append(out, l)
	}
	return out, nil
}

// limit is the most letters to return.
func (q DeadQuery) limit() int {
	if q.Limit <= 0 || q.Limit > 1000 {
		return 1000
	}
	return q.Limit
}

// Replay implements [Queuer].
func (m *Memory) Replay(ctx context.Context, id int64) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	letter := m.takeLetter(id)
	if letter == nil {
		m.mu.Unlock()
		return ErrNotFound
	}
	order := letter.Time
	if box := m.box(letter.Conversation); len(box.events) > 0 {
		if last := box.events[len(box.events)-1].order; last.After(order) {
			order = last
		}
	}
	m.addEvent(QueuedEvent{Event: letter.Event, Only: letter.failed(), ReceivedAt: m.now()}, order)
	m.mu.Unlock()
	m.hint()
	return nil
}

// failed names the routes to run again. A failure without a route stands for
// all that the event was to run.
func (l *memoryLetter) failed() []string {
	var routes []string
	for _, f := range l.Failures {
		if f.Route == "" {
			return l.only
		}
		if !slices.Contains(routes, f.Route) {
			routes = append(routes, f.Route)
		}
	}
	return routes
}

// Drop implements [Queuer].
func (m *Memory) Drop(ctx context.Context, id int64) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	letter := m.takeLetter(id)
	if letter == nil {
		return ErrNotFound
	}
	m.dedup.release(dedupKey{key: letter.Key})
	return nil
}

// takeLetter removes a dead letter and returns it, or nil.
func (m *Memory) takeLetter(id int64) *memoryLetter {
	for i, letter := range m.dead {
		if letter.ID == id {
			m.dead = slices.Delete(m.dead, i, i+1)
			return letter
		}
	}
	return nil
}
