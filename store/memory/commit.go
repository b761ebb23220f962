package memory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Commit implements [store.Queuer].
func (m *Store) Commit(ctx context.Context, outcome store.Outcome) ([]store.QueuedSend, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	due, hint, err := m.commit(outcome)
	m.mu.Unlock()
	if hint {
		m.hint()
	}
	return due, err
}

// commit checks everything that can fail before it changes anything.
func (m *Store) commit(o store.Outcome) (due []store.QueuedSend, hint bool, err error) {
	box := m.held(o.Lease)
	if box == nil {
		return nil, false, store.ErrFenced
	}
	at := -1
	if o.Event != nil {
		at = slices.IndexFunc(box.events, func(ev *event) bool {
			return ev.Seq == o.Event.Seq && ev.Attempts == o.Event.Attempts
		})
		if at < 0 {
			return nil, false, fmt.Errorf("store: event %d of the outcome, after %d attempts: %w", o.Event.Seq, o.Event.Attempts, store.ErrNotFound)
		}
	}
	if err := checkResults(o.Results); err != nil {
		return nil, false, err
	}
	if err := checkSends(o.Sends); err != nil {
		return nil, false, err
	}
	now := m.now()
	if err := m.checkWrites(o.Writes, now); err != nil {
		return nil, false, err
	}

	if o.Event != nil {
		m.endEvent(box, at, *o.Event, now)
	}
	m.applyResults(box, o.Results, now)
	m.applyWrites(o.Writes, o.Lease.Conversation, now)
	m.addSends(o.Sends, now)
	box.start(o.Start, now)
	due = box.dueSends(o.Due, now)
	box.deliveries = 0
	if o.Release {
		box.leased = false
		box.holdUntil = now
		if o.Awaits == "" || m.sends[o.Awaits] != nil {
			box.holdUntil = now.Add(max(o.After, 0))
		}
		box.rest(now)
	}
	m.file(box)
	return due, len(o.Sends) > 0 || o.Release && !box.nextAt.IsZero(), nil
}

func (m *Store) endEvent(box *conversation, at int, result store.EventResult, now time.Time) {
	ev := box.events[at]
	if result.Retry {
		ev.Attempts++
		return
	}
	box.take(at)
	m.backlog[ev.PageID]--
	if m.backlog[ev.PageID] == 0 {
		delete(m.backlog, ev.PageID)
	}
	if len(result.Failures) == 0 {
		m.dedup.release(dedupKey{key: ev.Key})
		return
	}
	m.addLetter(&letter{
		DeadLetter: store.DeadLetter{
			ID: m.next(), Event: ev.Event, Attempts: ev.Attempts + 1,
			Failures: slices.Clone(result.Failures), At: now,
		},
		only: ev.Only,
	})
}

func checkResults(results []store.SendResult) error {
	for _, r := range results {
		if r.State < store.SendAgain || r.State > store.SendFinished {
			return fmt.Errorf("store: send %q: no such state: %d", r.Key, r.State)
		}
	}
	return nil
}

func (m *Store) applyResults(box *conversation, results []store.SendResult, now time.Time) {
	for _, r := range results {
		s := m.sends[r.Key]
		if s == nil || s.Conversation != box.conv {
			continue
		}
		switch r.State {
		case store.SendAgain:
			s.Started = false
			s.Attempts++
		case store.SendUnknown:
			s.Attempts++
		case store.SendFinished:
			m.removeSend(s, now)
		}
	}
}
