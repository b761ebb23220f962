package memory

import (
	"slices"

	"github.com/djmessenger/messenger/internal/queue"
)

// dedupKeys remembers the newest dedup keys, and all of what is in the store.
type dedupKeys struct {
	bound int
	at    map[queue.Key]int64
	order []queue.Key
	// events counts the events and dead letters with a key.
	events map[string]int
	sends  map[string]*send
}

func newDedupKeys(bound int, sends map[string]*send) dedupKeys {
	return dedupKeys{bound: bound, at: map[queue.Key]int64{}, events: map[string]int{}, sends: sends}
}

func (d *dedupKeys) has(key queue.Key) bool {
	_, ok := d.at[key]
	return ok
}

// add reports whether the key is new.
func (d *dedupKeys) add(key queue.Key, at int64) bool {
	if d.has(key) {
		return false
	}
	d.at[key] = at
	d.order = append(d.order, key)
	return true
}

// trim forgets the oldest keys beyond the bound.
func (d *dedupKeys) trim() {
	for tries := len(d.order); len(d.at) > d.bound && tries > 0; tries-- {
		oldest := d.order[0]
		d.order = d.order[1:]
		if d.held(oldest) {
			d.order = append(d.order, oldest)
		} else {
			delete(d.at, oldest)
		}
	}
}

func (d *dedupKeys) hold(key string) { d.events[key]++ }

func (d *dedupKeys) release(key string) {
	if d.events[key]--; d.events[key] == 0 {
		delete(d.events, key)
	}
}

// held reports whether the event or the send of a key is in the store.
func (d *dedupKeys) held(key queue.Key) bool {
	switch key.Kind {
	case queue.KeyEvent:
		return d.events[key.Text] > 0
	case queue.KeyTimedEvent:
		return d.events[key.Text[queue.KeyTimeDigits:]] > 0
	case queue.KeySend:
		return d.sends[key.Text] != nil
	}
	return false
}

func (d *dedupKeys) remove(key queue.Key) {
	delete(d.at, key)
	if last := len(d.order) - 1; last >= 0 && d.order[last] == key { // a key that was not taken is the newest
		d.order = d.order[:last]
		return
	}
	d.order = slices.DeleteFunc(d.order, func(x queue.Key) bool { return x == key })
}

// purge forgets the keys from before a time, except those that are held.
func (d *dedupKeys) purge(before int64) {
	d.order = slices.DeleteFunc(d.order, func(key queue.Key) bool {
		if d.held(key) || d.at[key] >= before {
			return false
		}
		delete(d.at, key)
		return true
	})
}
