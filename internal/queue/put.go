package queue

import (
	"slices"

	"github.com/djmessenger/messenger/store"
)

// put adds the events whose keys were not seen before, and acts on what they say of other events and sends.
func (g *group) put(op *Operation) error {
	if len(op.events) == 0 {
		return nil
	}
	fresh := g.fresh(op.events)
	if op.Err = g.checkBacklog(fresh); op.Err != nil || len(fresh) == 0 {
		return nil //nolint:nilerr // the operation is refused, the transaction goes on
	}
	g.effects.Hint = true
	for i := range fresh {
		g.see(eventKey(&fresh[i]))
		if err := g.settle(&fresh[i]); err != nil {
			return err
		}
	}
	for _, ev := range withoutUnsent(fresh) { // an echo that the same call unsends still settles its send
		g.unsend(&ev)
		g.addEvent(EventRow{
			Conversation: ev.Conversation, Key: ev.Key, OrderAt: Micros(ev.Time), EventAt: Micros(ev.Time),
			Body: ev.Body, EchoOf: ev.EchoOf, ReceivedAt: g.now,
		})
	}
	return nil
}

// fresh returns the events that were not seen before, each once, without the edits of messages that were unsent.
func (g *group) fresh(events []store.Event) []store.Event {
	fresh := make([]store.Event, 0, len(events))
	var own map[Key]bool // of several
	for _, ev := range events {
		key, plain, edits := eventKey(&ev), Key{KeyEvent, ev.Key}, Key{KeyEdits, ev.EditOf}
		if own[key] || own[plain] || !g.free(key) || g.seen[plain] || g.seen[edits] || g.snap.Seen[edits] ||
			key.Kind == KeyTimedEvent && g.snap.Seen[plain] {
			continue
		}
		if len(events) > 1 {
			add(&own, key)
		}
		fresh = append(fresh, ev)
	}
	return fresh
}

// checkBacklog refuses a put that would take a page past the bound.
func (g *group) checkBacklog(fresh []store.Event) error {
	g.more = g.more[:0]
	for i := range fresh {
		g.more.add(fresh[i].PageID, 1)
	}
	var over []string
	for _, m := range g.more {
		if g.Backlog(m.page)+g.effects.backlog.of(m.page)+m.n > g.Bound {
			over = append(over, m.page)
		}
	}
	if len(over) > 0 {
		slices.Sort(over)
		return &store.BacklogError{PageIDs: over, Bound: g.Bound}
	}
	return nil
}

// addEvent adds an event, which is due when its conversation's pause is over.
func (g *group) addEvent(row EventRow) {
	g.changes.EventsAdded = append(g.changes.EventsAdded, row)
	s := g.state(row.Conversation)
	s.Others = true
	g.wait(s, g.now)
	g.count(row.PageID, 1)
	g.effects.Hint = true
}
