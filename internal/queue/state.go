package queue

import (
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// events reports whether events of the conversation wait.
func (s *State) events() bool { return s.Waits || s.Others }

// wait notes that something in the conversation is due at a time, or when its pause is over. What was background work until then is
// none any more, also if it is due before that.
func (g *group) wait(s *State, at int64) {
	at = max(at, s.HoldUntil)
	switch {
	case s.Background():
		at = min(at, max(s.DueAt(), s.HoldUntil, g.now)) // claims may begin after due times that have passed
	case s.NextAt != 0 && s.NextAt <= at:
		return
	}
	s.NextAt = at
	g.touch(s)
}

// waitBackground notes the same of background work. Where other work waits in the conversation, for a later time, it goes with that.
func (g *group) waitBackground(s *State, at int64) {
	at = max(at, s.HoldUntil)
	switch {
	case s.NextAt != 0 && at >= s.DueAt():
		return
	case s.NextAt == 0 || s.Background():
		s.NextAt = BackgroundFrom + at
	default:
		s.NextAt = at
	}
	g.touch(s)
}

// reschedule works out when what is left in the conversation is due; see Reschedule.
func (g *group) reschedule(s *State, earliest int64) {
	s.Reschedule(earliest)
	g.touch(s)
}

// Reschedule works out when what is left in the conversation is due: not before its pause is over, and not before a time at which
// other work of the conversation was due already. Claims may begin after due times that have passed. Background work stays what it is
// until an event waits.
func (s *State) Reschedule(earliest int64) {
	earliest = max(earliest, s.HoldUntil)
	background := s.Background() && !s.events()
	s.NextAt = 0
	if s.events() {
		s.NextAt = earliest
	}
	for _, send := range s.Sends {
		if at := max(send.NotBefore, earliest); s.NextAt == 0 || at < s.NextAt {
			s.NextAt = at
		}
	}
	if background && s.NextAt != 0 {
		s.NextAt += BackgroundFrom
	}
	s.rescheduleRaised(earliest)
}

// rescheduleRaised takes into account when the first raised event is due. With a timer the conversation is background work only if
// nothing else waits in it but background work.
func (s *State) rescheduleRaised(earliest int64) {
	next := s.nextRaised()
	if next == 0 {
		return
	}
	timer := next >= BackgroundFrom
	at := max(dueAt(next), earliest)
	if s.NextAt != 0 {
		timer = timer && s.Background()
		at = min(at, s.DueAt())
	}
	s.NextAt = at
	if timer {
		s.NextAt += BackgroundFrom
	}
}

// idle reports whether there is nothing to keep about the conversation.
func (s *State) idle(now int64) bool {
	return s.NextAt == 0 && !s.leased() && s.HoldUntil <= now
}

// dormant reports whether the conversation's row says nothing but when its first raised event is due, a timer that is not.
func (s *State) dormant(now int64) bool {
	row := ConversationRow{Conversation: s.Conversation, NextAt: s.NextAt, Token: s.Token}
	return s.ConversationRow == row && s.Background() && s.DueAt() > now && s.NextAt == s.nextRaised() && !s.events() && len(s.Sends) == 0
}

// send returns the send with a key, or nil.
func (s *State) send(key string) *SendRow {
	for _, send := range s.Sends {
		if send.Key == key {
			return send
		}
	}
	return nil
}

// due returns the sends that are due, in order.
func (s *State) due(now int64) []*SendRow {
	var due []*SendRow
	for _, send := range s.Sends {
		if send.NotBefore <= now {
			due = append(due, send)
		}
	}
	return due
}

// sendChanged notes that a send has changed.
func (g *group) sendChanged(send *SendRow) {
	if send.ID != 0 && !send.changed {
		send.changed = true
		g.changes.SendsChanged = append(g.changes.SendsChanged, send)
	}
}

// remove takes a send out of its conversation. The result is what that means for the recipient of a broadcast.
func (g *group) remove(s *State, send *SendRow, result store.RecipientResult) {
	g.endRecipient(send, result)
	s.Sends = slices.DeleteFunc(s.Sends, func(x *SendRow) bool { return x == send })
	send.gone = true
	if send.ID != 0 {
		g.changes.SendsGone = append(g.changes.SendsGone, send.ID)
	}
}

// until is when a lease expires that lasts so long from now. A negative time counts as none.
func (g *group) until(ttl time.Duration) int64 { return g.now + max(ttl, 0).Microseconds() }

// holds returns the conversation of a lease, or nil if the lease is not current.
func (g *group) holds(lease store.LeaseID) *State {
	s := g.state(lease.Conversation)
	if s == nil || !s.leased() || s.Token != lease.Token {
		return nil
	}
	return s
}
