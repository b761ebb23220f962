package memory

import (
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// records keeps the newest things of one kind, in order of arrival, and finds those of
// one person without a look at the others.
type records[T any] struct {
	bound int
	owner func(T) store.Conversation

	all   []record[T]
	first uint64                        // the number of all[0]; the others count on
	last  map[store.Conversation]uint64 // the number of each person's newest record
}

// record is a thing with the number of the one before it of the same person, or with
// its own number if it is their first.
type record[T any] struct {
	value  T
	before uint64
}

func newRecords[T any](bound int, owner func(T) store.Conversation) records[T] {
	return records[T]{bound: bound, owner: owner, last: map[store.Conversation]uint64{}}
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
func (r *records[T]) newest(limit int, owner store.Conversation, at func(T) time.Time) []T {
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
