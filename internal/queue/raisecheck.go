package queue

import "github.com/djmessenger/messenger/store"

// raising counts the raised events of a conversation as they will be after some of an operation's writes.
type raising struct {
	*State
	total int
	// waiting has how many can be taken back of the keys that were met.
	waiting map[string]int
}

// set notes how many events of a key wait after a write.
func (r *raising) set(key string, n int) {
	r.total += n - r.waiting[key]
	r.waiting[key] = n
}

// checkRaises refuses writes of which one raises an event for an unknown person, or one too many. Held is the conversation of
// the outcome that has the writes, or nil. The event that it ends is no longer counted.
func (g *group) checkRaises(writes []store.Write, held *State, ends *store.EventResult) error {
	var all map[store.Conversation]*raising
	for _, w := range writes {
		var conv store.Conversation
		var key string
		switch w := w.(type) {
		case store.Raise:
			conv, key = w.Conversation, w.Key
		case store.CancelRaise:
			conv, key = w.Conversation, w.Key
		default:
			continue
		}
		r := all[conv]
		if r == nil {
			r = g.raising(conv, ends)
			put(&all, conv, r)
		}
		_, met := r.waiting[key]
		if !met {
			r.waiting[key] = len(g.cancellable(r.State, held, key))
		}
		raise, ok := w.(store.Raise)
		switch {
		case !ok:
			r.set(key, 0)
		case raise.Known && g.snap.People[conv] == nil && g.people[conv] == nil && !r.events():
			return store.ErrNoPerson
		case !raise.Replace && (r.waiting[key] > 0 || !met && !g.raises(r.State, key)): // it takes no effect
		case r.waiting[key] == 0 && r.total >= store.MaxRaised:
			return &store.RaiseLimitError{Conversation: conv, Bound: store.MaxRaised, Route: raise.Route}
		default:
			r.set(key, 1)
		}
	}
	return nil
}

// raising counts what waits before the writes.
func (g *group) raising(conv store.Conversation, ends *store.EventResult) *raising {
	r := &raising{State: g.state(conv), waiting: map[string]int{}}
	for _, row := range r.Raised {
		if !row.gone && (ends == nil || ends.Retry || row.ID == 0 || row.ID != -ends.Seq) {
			r.total++
		}
	}
	return r
}

// raises reports whether an event without Replace would take effect.
func (g *group) raises(s *State, key string) bool {
	return len(s.raisedWith(key)) == 0 && g.free(raiseKey(s.Conversation, key))
}
