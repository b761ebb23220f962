package queue

import (
	"slices"
	"strings"

	"github.com/djmessenger/messenger/store"
)

// FeedBroadcast moves people of a broadcast on.
func FeedBroadcast(id string, psids []string, sends []store.Send) (*Operation, error) {
	if err := checkRecipients(id, psids); err != nil {
		return nil, err
	}
	sends, err := checkSends(sends)
	if err != nil {
		return nil, err
	}
	psids = sorted(slices.Clone(psids), compareTexts)
	return &Operation{exclusive: func(g *group) error {
		row, err := g.tx.Broadcast(id, Unlocked)
		if err != nil {
			return err
		}
		if row == nil || row.is(store.BroadcastDraft) {
			return store.ErrNotFound
		}
		if row.EndedAt != 0 || len(psids) == 0 {
			return nil
		}
		convs := make([]store.Conversation, len(psids))
		for i, psid := range psids {
			convs[i] = store.Conversation{PageID: row.PageID, PSID: psid}
		}
		if err := g.lock(convs, convs); err != nil {
			return err
		}
		if row, err = g.tx.Broadcast(id, Shared); err != nil || row == nil {
			return err
		}
		recipients, err := g.tx.RecipientsOf(id, psids)
		if err != nil {
			return err
		}
		for i := range recipients {
			g.feed(row, &recipients[i], sends)
		}
		return g.flush()
	}}, nil
}

// feed moves one recipient on.
func (g *group) feed(row *BroadcastRow, r *RecipientRow, sends []store.Send) {
	r.Broadcast, r.PageID = row.ID, row.PageID
	conv := store.Conversation{PageID: row.PageID, PSID: r.PSID}
	s, group := g.state(conv), store.BroadcastGroup(row.ID)
	person := g.snap.People[conv]
	waits, queued := r.Stage == int64(store.RecipientWaiting), r.Stage == int64(store.RecipientQueued)
	switch {
	case waits && row.is(store.BroadcastCancelling):
		r.end(store.RecipientCancelled)
	case waits && row.is(store.BroadcastRunning):
		if !g.queue(row, r, person, sends) {
			return
		}
	case queued && len(s.matching(group)) == 0:
		r.end(store.RecipientUncertain)
		if person == nil {
			r.end(store.RecipientForgotten)
		}
	case queued && row.is(store.BroadcastCancelling):
		g.cancel(store.CancelSend{Conversation: conv, Key: group}, nil)
		return
	default:
		return
	}
	g.changes.Recipients = append(g.changes.Recipients, *r)
	if s.idle(g.now) { // nothing is to stay of an unknown person, not even the row that a lock has made
		g.touch(s)
	}
}

// queue adds the sends of a recipient, or ends the recipient if there is nothing to send to them. It reports whether the recipient
// has changed.
func (g *group) queue(row *BroadcastRow, r *RecipientRow, person *store.Person, sends []store.Send) bool {
	switch {
	case person == nil:
		r.end(store.RecipientUnknown)
		return true
	case !person.UnavailableSince.IsZero():
		r.end(store.RecipientRefused)
		return true
	case row.Window > 0 && !person.LastAct.IsZero() && g.now-Micros(person.LastAct) > row.Window:
		r.end(store.RecipientSkipped)
		return true
	}
	var own []store.Send
	for _, send := range sends {
		if send.PageID == row.PageID && send.PSID == r.PSID {
			send.Group, send.Fresh = store.BroadcastGroup(row.ID), true
			own = append(own, send)
		}
	}
	if len(own) == 0 {
		return false
	}
	g.addSends(own, (*group).waitBackground)
	r.Stage, r.Left = int64(store.RecipientQueued), int64(len(own))
	return true
}

// endRecipient notes that a send has left the outbox, if it is of a broadcast.
func (g *group) endRecipient(send *SendRow, result store.RecipientResult) {
	if id, ok := store.BroadcastOf(send.Group); ok {
		if result <= 0 || result > store.RecipientForgotten {
			result = store.RecipientUncertain
		}
		g.changes.RecipientEnds = append(g.changes.RecipientEnds, RecipientEnd{Broadcast: id, PSID: send.PSID, Result: int64(result)})
	}
}

// forgetRecipients deletes people from all broadcasts, and counts them there.
func (g *group) forgetRecipients(convs []store.Conversation) error {
	ids, err := g.tx.BroadcastsOf(convs)
	if err != nil || len(ids) == 0 {
		return err
	}
	slices.Sort(ids)
	var rows []*BroadcastRow
	for _, id := range slices.Compact(ids) {
		row, err := g.tx.Broadcast(id, Exclusive)
		if err != nil {
			return err
		}
		if row == nil {
			continue
		}
		gone, err := g.tx.TakeRecipients(id, convs)
		if err != nil {
			return err
		}
		for _, c := range gone {
			if c.Stage != int64(store.RecipientEnded) {
				c.Result = int64(store.RecipientForgotten)
			}
			row.count(c.Result, c.N)
		}
		g.endBroadcast(row)
		rows = append(rows, row)
	}
	g.changes.Broadcasts = append(g.changes.Broadcasts, rows...)
	return g.flush()
}

func compareTexts(a, b string) int { return strings.Compare(a, b) }
