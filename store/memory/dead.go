package memory

import (
	"bytes"
	"context"
	"slices"

	"github.com/djmessenger/messenger/store"
)

type letter struct {
	store.DeadLetter
	// only names the routes that the event was to run; none means all.
	only []string
}

// addLetter keeps a dead letter; the oldest goes if there are too many.
func (m *Store) addLetter(letter *letter) {
	m.dead = append(m.dead, letter)
	if over := len(m.dead) - m.config.Records; over > 0 {
		for _, l := range m.dead[:over] {
			m.dedup.release(dedupKey{key: l.Key})
		}
		clear(m.dead[:over])
		m.dead = m.dead[over:]
	}
}

// Dead implements [store.DeadLetters].
func (m *Store) Dead(ctx context.Context, query store.DeadQuery) ([]store.DeadLetter, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	limit := lettersAtMost(query)
	var out []store.DeadLetter
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

// lettersAtMost is the most letters to return.
func lettersAtMost(q store.DeadQuery) int {
	if q.Limit <= 0 || q.Limit > 1000 {
		return 1000
	}
	return q.Limit
}

// Replay implements [store.DeadLetters].
func (m *Store) Replay(ctx context.Context, id int64) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	letter := m.takeLetter(id)
	if letter == nil {
		m.mu.Unlock()
		return store.ErrNotFound
	}
	order := letter.Time
	if box := m.box(letter.Conversation); len(box.events) > 0 {
		if last := box.events[len(box.events)-1].order; last.After(order) {
			order = last
		}
	}
	m.addEvent(store.QueuedEvent{Event: letter.Event, Only: letter.failed(), ReceivedAt: m.now()}, order)
	m.mu.Unlock()
	m.hint()
	return nil
}

// failed names the routes to run again. A failure without a route stands for
// all that the event was to run.
func (l *letter) failed() []string {
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

// Drop implements [store.DeadLetters].
func (m *Store) Drop(ctx context.Context, id int64) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	letter := m.takeLetter(id)
	if letter == nil {
		return store.ErrNotFound
	}
	m.dedup.release(dedupKey{key: letter.Key})
	return nil
}

// takeLetter removes a dead letter and returns it, or nil.
func (m *Store) takeLetter(id int64) *letter {
	for i, letter := range m.dead {
		if letter.ID == id {
			m.dead = slices.Delete(m.dead, i, i+1)
			return letter
		}
	}
	return nil
}
