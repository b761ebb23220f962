package queue

import (
	"github.com/djmessenger/messenger/store"
)

// applyResults records the outcomes of attempts to send.
func (g *group) applyResults(s *State, results []store.SendResult) {
	for _, r := range results {
		send := s.send(r.Key)
		if send == nil {
			continue
		}
		switch r.State {
		case store.SendAgain:
			send.StartedAt = 0
			send.Attempts++
			g.sendChanged(send)
		case store.SendUnknown:
			send.Attempts++
			g.sendChanged(send)
		case store.SendNotMade:
			send.StartedAt = 0
			g.sendChanged(send)
		case store.SendFinished:
			g.remove(s, send, r.Recipient)
		}
	}
}

// enqueue adds the sends from outside of turns, without the groups whose head was seen before.
func (g *group) enqueue(op *Operation) error {
	if len(op.sends) == 0 {
		return nil
	}
	seen := map[string]bool{}
	for _, send := range op.sends {
		if send.Key == send.Group && !send.Fresh && !g.free(Key{KeySend, send.Key}) {
			seen[send.Group] = true
		}
	}
	var fresh []store.Send
	for _, send := range op.sends {
		if !seen[send.Group] {
			fresh = append(fresh, send)
		}
	}
	g.addSends(fresh, (*group).waitBackground)
	return nil
}

// addSends adds the sends whose keys were not seen before, and notes with wait when they are due.
func (g *group) addSends(sends []store.Send, wait func(*group, *State, int64)) {
	for i := range sends {
		send := &sends[i]
		if !send.Fresh && !g.take(Key{KeySend, send.Key}) {
			continue
		}
		row := &SendRow{
			Conversation: send.Conversation, Key: send.Key, Group: send.Group, Body: send.Body,
			Delay: int64(send.Delay), NotBefore: g.now + max(send.Delay, 0).Microseconds(),
		}
		g.changes.SendsAdded = append(g.changes.SendsAdded, row)
		s := g.state(send.Conversation)
		if row.Delay <= 0 { // it overtakes none that was added before the clock was set back
			for _, other := range s.Sends {
				if other.Delay <= 0 {
					row.NotBefore = max(row.NotBefore, other.NotBefore)
				}
			}
		}
		s.Sends = append(s.Sends, row)
		if !s.Stored { // timers that are due before it do not keep a row of the conversation
			g.touch(s)
		}
		wait(g, s, row.NotBefore)
		g.effects.Hint = true
	}
}

// cancel takes sends back, and frees their keys. One that is due while another worker holds the conversation may be on its way.
func (g *group) cancel(c store.CancelSend, held *State) (found bool) {
	s := g.state(c.Conversation)
	tooLate := s.leased() && s != held
	for _, send := range s.matching(c.Key) {
		if send.StartedAt != 0 || tooLate && send.NotBefore <= g.now {
			continue
		}
		g.remove(s, send, store.RecipientCancelled)
		add(&g.freed, Key{KeySend, send.Key})
		found = true
	}
	if found {
		g.reschedule(s, s.DueAt())
	}
	return found
}

// matching returns the sends with a key, and those of the group with that key.
func (s *State) matching(key string) []*SendRow {
	var found []*SendRow
	for _, send := range s.Sends {
		if send.Key == key || send.Group == key {
			found = append(found, send)
		}
	}
	return found
}

// settle ends the send that an echo proves to have arrived.
func (g *group) settle(ev *store.Event) error {
	if ev.EchoOf == "" {
		return nil
	}
	if g.now-g.snap.EchoedAt[ev.PageID] >= store.EchoedWithin.Microseconds() && !g.echoed[ev.PageID] {
		add(&g.echoed, ev.PageID)
		g.changes.Echoed = append(g.changes.Echoed, PageTime{ev.PageID, g.now})
	}
	owner, started := g.snap.Started[ev.EchoOf]
	if !started || owner.PageID != ev.PageID {
		return nil
	}
	s := g.state(owner)
	if s == nil || g.tx.Owners()[ev.EchoOf] != owner {
		return ErrRetry // its conversation is not among those that are locked and whose sends were read
	}
	send := s.send(ev.EchoOf)
	if send == nil || send.StartedAt == 0 {
		return nil // an earlier operation of the group has ended it
	}
	g.delivered(s, send, store.Sent{Outcome: store.OutcomeEchoed, At: Time(g.now)})
	return nil
}

// settleSend ends a send that the platform has taken, if it is still there.
func (g *group) settleSend(w store.SettleSend) {
	s := g.state(w.Conversation)
	if send := s.send(w.Key); send != nil {
		g.delivered(s, send, w.Sent)
		g.effects.Hint = g.effects.Hint || s.NextAt != 0 && !s.leased()
	}
}

// delivered ends a send and keeps the record of it. If its conversation paused, it was for this send.
func (g *group) delivered(s *State, send *SendRow, record store.Sent) {
	g.remove(s, send, store.RecipientSent)
	s.HoldUntil = 0
	g.reschedule(s, g.now)
	record.PageID, record.PSID, record.Key = s.PageID, s.PSID, send.Key
	g.changes.Sent = append(g.changes.Sent, record)
}
