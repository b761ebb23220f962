package queue

import (
	"slices"

	"github.com/djmessenger/messenger/store"
)

// raise adds an event that the program raises, unless its key was taken, or with Replace instead of those of the key that wait.
// Held is the conversation of the turn that raises it, or nil.
func (g *group) raise(w store.Raise, held *State) {
	s := g.state(w.Conversation)
	row := &RaisedRow{
		EventRow: EventRow{Conversation: w.Conversation, Body: w.Body, RaisedKey: w.Key, RaisedAt: g.now}, Once: !w.Replace,
	}
	row.ReceivedAt = g.now + max(w.Delay, 0).Microseconds()
	row.OrderAt, row.EventAt = row.ReceivedAt, row.ReceivedAt
	if w.Replace {
		g.cancelRaised(s, held, []raisedKey{raisedKeyOf(&w)})
	} else if !g.raises(s, w.Key) || !g.take(raiseKey(w.Conversation, w.Key)) {
		return
	}
	g.addRaised(s, row)
}

// addRaised adds a raised event, and notes when it is due.
func (g *group) addRaised(s *State, row *RaisedRow) {
	g.changes.RaisedAdded = append(g.changes.RaisedAdded, row)
	s.Raised = append(s.Raised, row)
	if row.prompt() {
		g.wait(s, row.ReceivedAt)
	} else {
		g.waitBackground(s, row.ReceivedAt)
	}
	g.effects.Hint = true
}

// cancelRaise takes back raised events, and frees their keys.
func (g *group) cancelRaise(w store.CancelRaise, held *State) (found bool) {
	for _, old := range g.cancelRaised(g.state(w.Conversation), held, cancelledKeys(&w)) {
		if old.Once {
			add(&g.freed, raiseKey(w.Conversation, w.Key))
		}
		found = true
	}
	return found
}

// cancelRaised removes the raised events of keys that can still be taken back.
func (g *group) cancelRaised(s, held *State, keys []raisedKey) (found []*RaisedRow) {
	for _, key := range keys {
		found = append(found, g.cancellable(s, held, key)...)
	}
	for _, old := range found {
		g.removeRaised(old)
	}
	if len(found) > 0 {
		g.reschedule(s, s.DueAt())
	}
	return found
}

// cancellable returns the raised events with a key that can still be taken back: not the one whose turn it is, and not the first that
// is due while another worker holds the conversation, for it may be running. A lease has no other.
func (g *group) cancellable(s, held *State, key raisedKey) []*RaisedRow {
	var running *RaisedRow
	if first := s.firstRaised(); s.leased() && s != held && first != nil && first.ReceivedAt <= g.now {
		running = first
	}
	return slices.DeleteFunc(s.raisedWith(key), func(r *RaisedRow) bool { return r == running || r.ID != 0 && r.ID == s.ending })
}

// raisedWith returns the raised events with a key that wait. Those that were replayed have lost it.
func (s *State) raisedWith(key raisedKey) (found []*RaisedRow) {
	for _, r := range s.Raised {
		if !r.gone && r.Key == "" && r.RaisedKey == key.key && r.Once == key.once {
			found = append(found, r)
		}
	}
	return found
}

// raisedOf returns the raised event of a number, or nil.
func (s *State) raisedOf(id int64) *RaisedRow {
	for _, r := range s.Raised {
		if r.ID == id && !r.gone {
			return r
		}
	}
	return nil
}

// removeRaised removes a raised event.
func (g *group) removeRaised(r *RaisedRow) {
	r.gone = true
	if r.ID != 0 {
		g.changes.RaisedGone = append(g.changes.RaisedGone, r.ID)
	}
}

// endRaised records the end of a raised event.
func (g *group) endRaised(s *State, result *store.EventResult) error {
	row := s.raisedOf(-result.Seq)
	switch {
	case result.Retry && result.Uncounted:
		return nil
	case result.Retry:
		failures, err := failuresOf(result)
		g.changes.RaisedRetried = append(g.changes.RaisedRetried, Retried{row.ID, failures})
		return err
	case len(result.Failures) > 0:
		failures, err := failuresOf(result)
		if err != nil {
			return err
		}
		g.changes.RaisedDead = append(g.changes.RaisedDead, RaisedDead{
			ID: row.ID, Key: row.eventKey(), Attempts: row.Attempts + 1, Failures: failures, At: g.now,
		})
	}
	g.removeRaised(row)
	return nil
}

// nextRaised is when the first of the raised events is due, in the form of [ConversationRow.NextAt]; 0 if none waits.
func (s *State) nextRaised() int64 {
	if !s.RaisedRead {
		return s.RaisedNext
	}
	if first := s.firstRaised(); first != nil {
		return first.NextAt()
	}
	return 0
}

// firstRaised is the one of the raised events that is handed out first, or nil. Those that the group adds come last.
func (s *State) firstRaised() (first *RaisedRow) {
	for _, r := range s.Raised {
		if !r.gone && (first == nil || r.before(first)) {
			first = r
		}
	}
	return first
}

// before reports whether a raised event is handed out before another one.
func (r *RaisedRow) before(other *RaisedRow) bool {
	if r.ReceivedAt == other.ReceivedAt {
		return r.ID != 0 && (other.ID == 0 || r.ID < other.ID)
	}
	return r.ReceivedAt < other.ReceivedAt
}

// raisedDue reports whether a raised event is due.
func (s *State) raisedDue(now int64) bool {
	next := s.nextRaised()
	return next != 0 && dueAt(next) <= now
}
