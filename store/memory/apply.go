package memory

import (
	"maps"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Apply implements queue.Tx.
func (t *tx) Apply(c *queue.Changes) error {
	t.applyEvents(c)
	t.applySends(c)
	if len(c.LettersGone) > 0 {
		t.removeLetters(func(l *queue.DeadRow) bool { return slices.Contains(c.LettersGone, l.ID) })
	}
	for _, row := range c.EventsAdded {
		t.addEvent(row)
	}
	t.applyRaised(c)
	t.applyRecords(c)
	for _, row := range c.Once {
		t.once[row.Name] = row
	}
	t.applyBroadcasts(c)
	for _, rows := range [...][]*queue.ConversationRow{c.ConversationsAdded, c.Conversations, c.ConversationsDormant} {
		for _, row := range rows {
			conv := t.conversation(row.Conversation)
			conv.ConversationRow, conv.stored = *row, true
			t.file(conv)
		}
	}
	for _, id := range c.ConversationsGone {
		conv := t.conversation(id)
		conv.ConversationRow, conv.stored = queue.ConversationRow{Conversation: id}, false
		t.file(conv)
	}
	for _, page := range c.Echoed {
		t.echoed[page.PageID] = page.At
	}
	for _, u := range c.Unsent {
		t.unsend(u)
	}
	for _, key := range slices.Backward(c.KeysFreed) { // they were added in the order of the list: the last is the newest
		t.keys.remove(key)
	}
	return nil
}

func (t *tx) applyEvents(c *queue.Changes) {
	for _, dead := range c.EventsDead {
		letter := queue.DeadRow{EventRow: t.events[dead.Seq].EventRow, Failures: dead.Failures, At: dead.At}
		letter.Attempts = dead.Attempts
		t.bury(letter)
	}
	for _, r := range c.EventsRetried {
		e := t.events[r.ID]
		e.Attempts, e.Failures = e.Attempts+1, r.Failures
	}
	for _, seq := range c.EventsDone {
		t.removeEvent(t.events[seq])
	}
}

func (t *tx) applySends(c *queue.Changes) {
	for _, id := range c.SendsGone {
		t.removeSend(t.sends[id])
	}
	for _, row := range c.SendsChanged {
		s := t.sends[row.ID]
		s.StartedAt, s.Attempts = row.StartedAt, row.Attempts
	}
	for _, row := range c.SendsAdded {
		t.addSend(row)
	}
}

func (t *tx) applyRecords(c *queue.Changes) {
	for _, people := range [...][]*store.Person{c.People, c.Acts} {
		for _, p := range people {
			t.keepPerson(p)
		}
	}
	for _, s := range c.Sessions {
		t.sessions[queue.SessionKey{PageID: s.PageID, PSID: s.PSID, Name: s.Name}] = s
	}
	for _, key := range c.SessionsGone {
		delete(t.sessions, key)
	}
	for _, l := range c.Locations {
		t.locations.add(l)
	}
	for _, r := range c.Received {
		id := receivedID{r.PageID, r.PSID, r.Key}
		if _, known := t.receivedIDs[id]; !known {
			t.receivedIDs[id] = struct{}{}
			if gone, full := t.received.add(r); full {
				t.forgetReceived([]store.Received{gone})
			}
		}
	}
	for _, s := range c.Sent {
		t.sent.add(s)
	}
	for _, a := range c.Attachments {
		t.attachments[queue.AttachmentKey{PageID: a.PageID, Name: a.Name}] = a
	}
}

// keepPerson keeps a copy.
func (t *tx) keepPerson(p *store.Person) {
	id := of(p.PageID, p.PSID)
	kept := t.people[id]
	if kept == nil {
		kept = new(store.Person)
		t.people[id] = kept
	}
	copyPerson(kept, p)
}

// unsend erases what an event says was deleted.
func (t *tx) unsend(u *queue.Unsent) {
	covered := func(key string) bool {
		return slices.Contains(u.Keys, key) || u.Edits != "" && strings.HasPrefix(key, u.Edits)
	}
	c := t.conversation(u.Conversation)
	for _, e := range slices.Clone(c.events) {
		if covered(e.Key) {
			t.removeEvent(e)
			u.Events++
		}
	}
	t.file(c)
	t.removeLetters(func(l *queue.DeadRow) bool { return l.Conversation == u.Conversation && covered(l.Key) })
	is := func(pageID, psid string) bool { return of(pageID, psid) == u.Conversation }
	t.forgetReceived(t.received.erase(func(r store.Received) bool { return is(r.PageID, r.PSID) && covered(r.Key) }))
	if u.MID != "" {
		t.locations.erase(func(l store.Location) bool { return is(l.PageID, l.PSID) && l.MID == u.MID })
	}
}

// Forget implements queue.Tx.
func (t *tx) Forget(convs []store.Conversation) (events map[string]int, err error) {
	events = map[string]int{}
	gone := map[store.Conversation]bool{}
	for _, id := range convs {
		gone[id] = true
		delete(t.people, id)
		c := t.conversations[id]
		if c == nil {
			continue
		}
		events[id.PageID] += len(c.events)
		for _, e := range slices.Clone(c.events) {
			t.removeEvent(e)
		}
		for _, s := range slices.Clone(c.sends) {
			t.removeSend(s)
		}
		for _, r := range slices.Clone(c.raised) {
			t.removeRaised(r)
		}
		t.unfile(c)
		delete(t.conversations, id)
	}
	t.removeLetters(func(l *queue.DeadRow) bool { return gone[l.Conversation] })
	t.locations.erase(func(l store.Location) bool { return gone[of(l.PageID, l.PSID)] })
	t.forgetReceived(t.received.erase(func(r store.Received) bool { return gone[of(r.PageID, r.PSID)] }))
	t.sent.erase(func(s store.Sent) bool { return gone[of(s.PageID, s.PSID)] })
	maps.DeleteFunc(t.sessions, func(key queue.SessionKey, _ store.Session) bool { return gone[of(key.PageID, key.PSID)] })
	return events, nil
}

// Expire implements queue.Tx. It erases all that is expired, as one step.
func (t *tx) Expire(what queue.Expiring, before int64, _ int) (int, error) {
	expired := func(at int64) bool { return at != 0 && at <= before }
	switch what {
	case queue.ExpiringSessions:
		maps.DeleteFunc(t.sessions, func(_ queue.SessionKey, s store.Session) bool { return expired(queue.Micros(s.Expires)) })
	case queue.ExpiringAttachments:
		maps.DeleteFunc(t.attachments, func(_ queue.AttachmentKey, a store.SaveAttachment) bool { return expired(queue.Micros(a.Expires)) })
	case queue.ExpiringConversations:
		maps.DeleteFunc(t.conversations, func(_ store.Conversation, c *conversation) bool {
			return c.NextAt == 0 && c.LeaseUntil <= before && c.HoldUntil <= before
		})
	case queue.ExpiringReceived:
		t.forgetReceived(t.received.erase(func(r store.Received) bool { return queue.Micros(r.At) < before }))
	case queue.ExpiringBroadcasts:
		maps.DeleteFunc(t.broadcasts, func(_ string, b *broadcast) bool { return b.EndedAt != 0 && b.EndedAt < before })
	case queue.ExpiringRecipients: // they go with their draft
	case queue.ExpiringDrafts:
		maps.DeleteFunc(t.broadcasts, func(_ string, b *broadcast) bool {
			return b.State == int64(store.BroadcastDraft) && b.TouchedAt < before
		})
	}
	return 0, nil
}

// PurgeOldest implements queue.Tx. It erases all that is old, as one step.
func (t *tx) PurgeOldest(what queue.Aging, _, before int64, _ int) (last int64, older bool, err error) {
	switch what {
	case queue.AgingSent:
		t.sent.erase(func(s store.Sent) bool { return queue.Micros(s.At) < before })
	case queue.AgingKeys:
		t.keys.purge(before)
	}
	return 0, false, nil
}

// Savepoint and Undo serve a probe alone, whose event is the newest.
func (t *tx) Savepoint() error { return nil }

// Undo implements queue.Tx.
func (t *tx) Undo() error {
	for _, ev := range t.ops[0].Probe() {
		if c := t.conversations[ev.Conversation]; c != nil {
			for _, e := range slices.Clone(c.events) {
				t.removeEvent(e)
			}
			t.unfile(c)
			delete(t.conversations, ev.Conversation)
		}
		t.keys.remove(queue.Key{Kind: queue.KeyEvent, Text: ev.Key})
		delete(t.echoed, ev.PageID)
	}
	return nil
}
