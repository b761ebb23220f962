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

	// all has the record of each number at that number modulo the bound. next is the number of the record to come.
	all  []record[T]
	next int64
	last map[store.Conversation]int64 // the number of each person's newest record
}

// record is a thing with the number of the one before it of the same person, or with
// its own number if it is their first.
type record[T any] struct {
	value  T
	before int64
}

func newRecords[T any](bound int, owner func(T) store.Conversation) records[T] {
	return records[T]{bound: bound, owner: owner, last: map[store.Conversation]int64{}}
}

// add keeps a thing, and reports whether the oldest one had to go for it.
func (r *records[T]) add(v T) (gone T, full bool) {
	owner, number := r.owner(v), r.next
	before, known := r.last[owner]
	if !known {
		before = number
	}
	r.next++
	r.last[owner] = number
	if len(r.all) < r.bound {
		r.all = append(r.all, record[T]{v, before})
		return gone, false
	}
	oldest := r.at(number)
	gone = oldest.value
	*oldest = record[T]{v, before}
	if owner := r.owner(gone); r.last[owner] == number-int64(r.bound) {
		delete(r.last, owner)
	}
	return gone, true
}

// first is the number of the oldest record.
func (r *records[T]) first() int64 { return r.next - int64(len(r.all)) }

func (r *records[T]) at(number int64) *record[T] { return &r.all[number%int64(r.bound)] }

// erase removes what matches and returns it.
func (r *records[T]) erase(match func(T) bool) (gone []T) {
	if !slices.ContainsFunc(r.all, func(one record[T]) bool { return match(one.value) }) {
		return nil
	}
	kept := newRecords(r.bound, r.owner)
	for number := r.first(); number < r.next; number++ {
		if one := r.at(number); match(one.value) {
			gone = append(gone, one.value)
		} else {
			kept.add(one.value)
		}
	}
	*r = kept
	return gone
}

// newest returns those of a person, newest first, and among equals the last to arrive
// first.
func (r *records[T]) newest(limit int, owner store.Conversation, at func(T) time.Time) []T {
	var out []T
	for number, more := r.last[owner]; more; {
		one := r.at(number)
		out = append(out, one.value)
		more = one.before != number && one.before >= r.first() // older ones had to go
		number = one.before
	}
	slices.SortStableFunc(out, func(x, y T) int { return at(y).Compare(at(x)) })
	return out[:min(max(limit, 0), len(out))]
}
