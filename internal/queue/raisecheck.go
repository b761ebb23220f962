package queue

import "github.com/djmessenger/messenger/store"

// raisedKey is the key of a raised event, and whether it was raised without Replace: the two sorts have keys of their own.
type raisedKey struct {
	key  string
	once bool
}

func raisedKeyOf(w *store.Raise) raisedKey { return raisedKey{w.Key, !w.Replace} }

// cancelledKeys are the keys whose events a write takes back.
func cancelledKeys(w *store.CancelRaise) []raisedKey {
	if w.Replaceable {
		return []raisedKey{{w.Key, false}}
	}
	return []raisedKey{{w.Key, false}, {w.Key, true}}
}

// raising counts the raised events of a conversation as they will be after some of an operation's writes.
type raising struct {
	*State
	total int
	// waiting has how many can be taken back of the keys that were met.
	waiting map[raisedKey]int
}

// set notes how many events of a key wait after a write.
func (r *raising) set(key raisedKey, n int) {
	r.total += n - r.waiting[key]
	r.waiting[key] = n
}

// checkRaises refuses writes of which one raises an event for an unknown person, or one too many. Held is the conversation of
// the outcome that has the writes, or nil. The event that it ends is no longer counted.
func (g *group) checkRaises(writes []store.Write, held *State, ends *store.EventResult) error {
	var all map[store.Conversation]*raising
	for _, w := range writes {
		switch w := w.(type) {
		case store.CancelRaise:
			r := g.raisingOf(&all, w.Conversation, ends)
			for _, key := range cancelledKeys(&w) {
				r.meet(g, held, key)
				r.set(key, 0)
			}
		case store.Raise:
			r := g.raisingOf(&all, w.Conversation, ends)
			key := raisedKeyOf(&w)
			met := r.meet(g, held, key)
			switch {
			case w.Known && !g.knows(r.State):
				return store.ErrNoPerson
			case !w.Replace && (r.waiting[key] > 0 || !met && !g.raises(r.State, w.Key)): // it takes no effect
			case r.waiting[key] == 0 && r.total >= store.MaxRaised && r.total >= r.bound(g, held, &w):
				return &store.RaiseLimitError{Conversation: w.Conversation, Bound: store.MaxRaised, Route: w.Route}
			default:
				r.set(key, 1)
			}
		}
	}
	return nil
}

// knows reports whether the store knows the person of a conversation, or an event of theirs waits.
func (g *group) knows(s *State) bool {
	return g.snap.People[s.Conversation] != nil || g.people[s.Conversation] != nil || s.events()
}

// raisingOf returns the counts of a conversation; at first, those of what waits before the writes.
func (g *group) raisingOf(all *map[store.Conversation]*raising, conv store.Conversation, ends *store.EventResult) *raising {
	if r := (*all)[conv]; r != nil {
		return r
	}
	r := &raising{State: g.state(conv), waiting: map[raisedKey]int{}}
	for _, row := range r.Raised {
		if !row.gone && (ends == nil || ends.Retry || row.ID == 0 || row.ID != -ends.Seq) {
			r.total++
		}
	}
	put(all, conv, r)
	return r
}

// bound is how many may wait before a write raises one more. One of the same key that may be running is not counted: what moves a timer
// would otherwise be refused because of the timer itself.
func (r *raising) bound(g *group, held *State, w *store.Raise) int {
	key := raisedKeyOf(w)
	if w.Replace && len(g.cancellable(r.State, held, key)) < len(r.raisedWith(key)) {
		return store.MaxRaised + 1
	}
	return store.MaxRaised
}

// meet counts what waits of a key, and reports whether it did so before.
func (r *raising) meet(g *group, held *State, key raisedKey) (met bool) {
	if _, met = r.waiting[key]; !met {
		r.waiting[key] = len(g.cancellable(r.State, held, key))
	}
	return met
}

// raises reports whether an event without Replace would take effect.
func (g *group) raises(s *State, key string) bool {
	return len(s.raisedWith(raisedKey{key, true})) == 0 && g.free(raiseKey(s.Conversation, key))
}
