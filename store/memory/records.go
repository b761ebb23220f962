package memory

import (
	"slices"
	"time"
)

type (
	sessionID    struct{ pageID, psid, name string }
	attachmentID struct{ pageID, name string }
	receivedID   struct{ pageID, psid, key string }
)

// ownerID is the person that a record is about.
type ownerID struct{ pageID, psid string }

// records keeps the newest things of one kind, in order of arrival, and finds those of
// one person without a look at the others.
type records[T any] struct {
	bound int
	owner func(T) ownerID

	all   []record[T]
	first uint64             // the number of all[0]; the others count on
	last  map[ownerID]uint64 // the number of each person's newest record
}

// record is a thing with the number of the one before it of the same person, or with
// its own number if it is their first.
type record[T any] struct {
	value  T
	before uint64
}

func newRecords[T any](bound int, owner func(T) ownerID) records[T] {
	return records[T]{bound: bound, owner: owner, last: map[ownerID]uint64{}}
}

// add returns what had to go to make room.
func (r *records[T]) add(v T) (gone []T) {
	r.append(v)
	over := len(r.all) - r.bound
	if over <= 0 {
		return nil
	}
	for i, old := range r.all[:over] {
		gone = append(gone, old.value)
		if owner := r.owner(old.value); r.last[owner] == r.first+uint64(i) {
			delete(r.last, owner)
		}
	}
	clear(r.all[:over])
	r.all = r.all[over:]
	r.first += uint64(over)
	return gone
}

func (r *records[T]) append(v T) {
	owner, number := r.owner(v), r.first+uint64(len(r.all))
	before, known := r.last[owner]
	if !known {
		before = number
	}
	r.all = append(r.all, record[T]{v, before})
	r.last[owner] = number
}

// erase removes what matches and returns it.
func (r *records[T]) erase(match func(T) bool) (gone []T) {
	if !slices.ContainsFunc(r.all, func(one record[T]) bool { return match(one.value) }) {
		return nil
	}
	kept := r.all
	r.all = nil
	clear(r.last)
	for _, one := range kept {
		if match(one.value) {
			gone = append(gone, one.value)
		} else {
			r.append(one.value)
		}
	}
	return gone
}

// newest returns those of a person, newest first, and among equals the last to arrive
// first.
func (r *records[T]) newest(limit int, owner ownerID, at func(T) time.Time) []T {
	var out []T
	for number, more := r.last[owner]; more; {
		one := r.all[number-r.first]
		out = append(out, one.value)
		more = one.before != number && one.before >= r.first // older ones had to go
		number = one.before
	}
	slices.SortStableFunc(out, func(x, y T) int { return at(y).Compare(at(x)) })
	return out[:min(max(limit, 0), len(out))]
}

// dedupKey is the dedup key of an event or a send: each has its own kind. With edits it
// is the EditOf of a message that was unsent.
type dedupKey struct {
	send, edits bool
	key         string
}

type dedupEntry struct {
	at time.Time
	// held reports that the event or send of the key is still in the store, as a
	// dead letter maybe.
	held bool
}

// dedupKeys remembers the newest dedup keys, and all of what is in the store.
type dedupKeys struct {
	bound   int
	entries map[dedupKey]*dedupEntry
	order   []dedupKey
}

func (s *dedupKeys) has(k dedupKey) bool {
	_, ok := s.entries[k]
	return ok
}

func (s *dedupKeys) add(k dedupKey, at time.Time) {
	s.entries[k] = &dedupEntry{at: at, held: true}
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
func (s *dedupKeys) release(k dedupKey) {
	if e := s.entries[k]; e != nil {
		e.held = false
	}
}

// remove forgets a key.
func (s *dedupKeys) remove(k dedupKey) {
	delete(s.entries, k)
	s.order = slices.DeleteFunc(s.order, func(x dedupKey) bool { return x == k })
}

// purge forgets the keys from before the cutoff, except those that are held.
func (s *dedupKeys) purge(before time.Time) {
	s.order = slices.DeleteFunc(s.order, func(k dedupKey) bool {
		e := s.entries[k]
		if e.held || !e.at.Before(before) {
			return false
		}
		delete(s.entries, k)
		return true
	})
}
