package memory

import (
	"cmp"
	"slices"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
)

// smallStep is a backward clock step that is too small to matter: what waits for it waits a moment.
const smallStep = int64(time.Second / time.Microsecond)

// keepTime clamps future timestamps after a backward clock step: what was stored by the old time would wait for that to come again.
// Leases of conversations stay as they are: who has one must be able to rely on it. So do sessions and what is kept.
func (t *tables) keepTime(now int64) {
	back := t.latest - now
	if back < smallStep {
		t.latest = max(t.latest, now)
		return
	}
	t.latest = now
	for _, e := range t.events {
		e.ReceivedAt = min(e.ReceivedAt, now)
	}
	for _, s := range t.sends {
		s.StartedAt = min(s.StartedAt, now)
		delay := max(s.Delay, 0) / int64(time.Microsecond)
		s.NotBefore = min(s.NotBefore-delay, now) + delay
	}
	for _, r := range t.raised {
		ahead := max(r.RaisedAt-now, 0)
		if r.Key != "" { // replayed
			r.ReceivedAt = min(r.ReceivedAt, now)
			continue
		}
		r.RaisedAt -= ahead
		r.ReceivedAt -= ahead
		r.OrderAt -= ahead
		r.EventAt -= ahead
	}
	for name, row := range t.once {
		row.LeaseUntil = setBack(row.LeaseUntil, back, now)
		t.once[name] = row
	}
	for key, a := range t.attachments {
		a.Expires = queue.Time(setBack(queue.Micros(a.Expires), back, now))
		t.attachments[key] = a
	}
	for _, c := range t.conversations {
		slices.SortFunc(c.raised, inDueOrder)
		c.HoldUntil = setBack(c.HoldUntil, back, now)
		if c.NextAt != 0 && c.DueAt() > now {
			c.reschedule(now)
			t.file(c)
		}
	}
}

// setBack is a time in the future after the clock was set back by so much.
func setBack(at, back, now int64) int64 {
	if at <= now {
		return at
	}
	return max(at-back, now)
}

// reschedule works out anew when what waits in the conversation is due.
func (c *conversation) reschedule(now int64) {
	state := queue.State{ConversationRow: c.ConversationRow, Others: len(c.events) > 0}
	for _, s := range c.sends {
		state.Sends = append(state.Sends, &s.SendRow)
	}
	if len(c.raised) > 0 {
		state.RaisedNext = c.raised[0].NextAt()
	}
	state.Reschedule(now)
	c.NextAt = state.NextAt
}

func inDueOrder(x, y *raised) int {
	return cmp.Or(cmp.Compare(x.ReceivedAt, y.ReceivedAt), cmp.Compare(x.ID, y.ID))
}
