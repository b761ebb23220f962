package store

import (
	"slices"
	"time"
)

type (
	sessionID    struct{ pageID, psid, name string }
	attachmentID struct{ pageID, name string }
	receivedID   struct{ pageID, psid, key string }
)

// records keeps the newest things of one kind, in order of arrival.
type records[T any] struct {
	bound int
	all   []T
}

// add returns what had to go to make room.
func (r *records[T]) add(v T) (gone []T) {
	r.all = append(r.all, v)
	if over := len(r.all) - r.bound; over > 0 {
		gone = slices.Clone(r.all[:over])
		clear(r.all[:over])
		r.all = r.all[over:]
	}
	return gone
}

// erase removes what matches and returns it.
func (r *records[T]) erase(match func(T) bool) (gone []T) {
	r.all = slices.DeleteFunc(r.all, func(v T) bool {
		if !match(v) {
			return false
		}
		gone = append(gone, v)
		return true
	})
	return gone
}

// newest returns what matches, newest first, and among equals the last to
// arrive first.
func (r *records[T]) newest(limit int, match func(T) bool, at func(T) time.Time) []T {
	var out []T
	for _, v := range slices.Backward(r.all) {
		if match(v) {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(x, y T) int { return at(y).Compare(at(x)) })
	return out[:min(max(limit, 0), len(out))]
}

// seenKey is a deduplication key: events and sends have each their own. With edits it
// is the EditOf of a message that was unsent.
type seenKey struct {
	send, edits bool
	key         string
}

type seenEntry struct {
	at time.Time
	// held reports that the event or send of the key is still in the store, as a
	// dead letter maybe.
	held bool
}

// seenKeys remembers the newest deduplication keys, and all of what is in the store.
type seenKeys struct {
	bound   int
	entries map[seenKey]*seenEntry
	order   []seenKey
}

func (s *seenKeys) has(k seenKey) bool {
	_, ok := s.entries[k]
	return ok
}

func (s *seenKeys) add(k seenKey, at time.Time) {
	s.entries[k] = &seenEntry{at: at, held: true}
	s.order = append(s.order, k)
	for tries := len(s.order); len(s.entries) > s.bound && tries > 0; tries-- {
		oldest := s.order[0]
		s.order = s.order[1:]
		if s.entries[oldest].held {
			s.order = append(s.order, oldest)
			continue
		}
		delete(s.entries, oldest)
	}
}

// release says that the event or send of a key has left the store.
func (s *seenKeys) release(k seenKey) {
	if e := s.entries[k]; e != nil {
		e.held = false
	}
}

// remove forgets a key.
func (s *seenKeys) remove(k seenKey) {
	delete(s.entries, k)
	s.order = slices.DeleteFunc(s.order, func(x seenKey) bool { return x == k })
}

// purge forgets the keys from before the cutoff, except those that are held.
func (s *seenKeys) purge(before time.Time) {
	s.order = slices.DeleteFunc(s.order, func(k seenKey) bool {
		e := s.entries[k]
		if e.held || !e.at.Before(before) {
			return false
		}
		delete(s.entries, k)
		return true
	})
}
