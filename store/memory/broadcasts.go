package memory

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// broadcast is a broadcast with the recipients that are not counted, by stage and id.
type broadcast struct {
	queue.BroadcastRow
	stages [store.RecipientEnded + 1]map[string]queue.RecipientRow
}

// recipient returns a recipient, if the broadcast has it.
func (b *broadcast) recipient(psid string) (r queue.RecipientRow, ok bool) {
	for _, stage := range b.stages {
		if r, ok = stage[psid]; ok {
			break
		}
	}
	return r, ok
}

// put puts a recipient into its stage.
func (b *broadcast) put(r queue.RecipientRow) {
	b.remove(r.PSID)
	ready(&b.stages[r.Stage])[r.PSID] = r
}

func (b *broadcast) remove(psid string) {
	for _, stage := range b.stages {
		delete(stage, psid)
	}
}

// row returns a copy.
func (b *broadcast) row() *queue.BroadcastRow {
	row := b.BroadcastRow
	row.Body = bytes.Clone(row.Body)
	return &row
}

func (t *tx) applyBroadcasts(c *queue.Changes) {
	for _, row := range c.Broadcasts {
		b := t.broadcasts[row.ID]
		if b == nil {
			b = &broadcast{}
			t.broadcasts[row.ID] = b
		}
		b.BroadcastRow = *row
	}
	for _, row := range c.Recipients {
		if b, _, ok := t.recipient(row.Broadcast, row.PSID); ok {
			b.put(row)
		}
	}
	for _, end := range c.RecipientEnds {
		if b, r, ok := t.recipient(end.Broadcast, end.PSID); ok && r.Stage == int64(store.RecipientQueued) {
			r.Settle(end.Result)
			b.put(r)
		}
	}
}

func (t *tx) recipient(id, psid string) (b *broadcast, r queue.RecipientRow, ok bool) {
	if b = t.broadcasts[id]; b != nil {
		r, ok = b.recipient(psid)
	}
	return b, r, ok
}

// Broadcast implements queue.Tx.
func (t *tx) Broadcast(id string, _ queue.BroadcastLock) (*queue.BroadcastRow, error) {
	if b := t.broadcasts[id]; b != nil {
		return b.row(), nil
	}
	return nil, nil
}

// BroadcastNamed implements queue.Tx.
func (t *tx) BroadcastNamed(pageID, key string) (*queue.BroadcastRow, error) {
	for _, b := range t.broadcasts {
		if b.PageID == pageID && b.Key == key && b.State != int64(store.BroadcastDraft) {
			return b.row(), nil
		}
	}
	return nil, nil
}

// Broadcasts implements queue.Tx.
func (t *tx) Broadcasts(query store.BroadcastQuery) (rows []*queue.BroadcastRow, err error) {
	newestFirst := func(a, b *queue.BroadcastRow) int {
		return -cmp.Or(cmp.Compare(a.StartedAt, b.StartedAt), strings.Compare(a.ID, b.ID))
	}
	after := &queue.BroadcastRow{StartedAt: queue.Micros(query.After.StartedAt), ID: query.After.ID}
	for _, b := range t.broadcasts {
		if b.State == int64(store.BroadcastDraft) || query.PageID != "" && b.PageID != query.PageID || query.Open && b.EndedAt != 0 ||
			after.StartedAt != 0 && newestFirst(&b.BroadcastRow, after) <= 0 {
			continue
		}
		rows = append(rows, b.row())
	}
	slices.SortFunc(rows, newestFirst)
	return rows[:min(len(rows), query.Most())], nil
}

// AddRecipients implements queue.Tx.
func (t *tx) AddRecipients(id, pageID string, psids []string) (added int, err error) {
	b := t.broadcasts[id]
	for _, psid := range psids {
		if _, has := b.recipient(psid); !has {
			b.put(queue.RecipientRow{Broadcast: id, Conversation: of(pageID, psid)})
			added++
		}
	}
	return added, nil
}

// Recipients implements queue.Tx.
func (t *tx) Recipients(id string, stage store.RecipientStage, limit int) (psids []string, err error) {
	b := t.broadcasts[id]
	if b == nil {
		return nil, nil
	}
	lost := stage == store.RecipientLost
	if lost {
		stage = store.RecipientQueued
	}
	for psid, r := range b.stages[stage] {
		if len(psids) == limit {
			break
		}
		if !lost || !t.sendsTo(&r) {
			psids = append(psids, psid)
		}
	}
	return psids, nil
}

// sendsTo reports whether sends of the broadcast to a recipient are in the outbox.
func (t *tx) sendsTo(r *queue.RecipientRow) bool {
	c := t.conversations[r.Conversation]
	return c != nil && slices.ContainsFunc(c.sends, func(s *send) bool { return s.Group == store.BroadcastGroup(r.Broadcast) })
}

// RecipientsOf implements queue.Tx.
func (t *tx) RecipientsOf(id string, psids []string) (rows []queue.RecipientRow, err error) {
	for _, psid := range psids {
		if _, r, ok := t.recipient(id, psid); ok {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// CountRecipients implements queue.Tx.
func (t *tx) CountRecipients(id string) ([]queue.RecipientCount, error) {
	var counts recipientCounts
	if b := t.broadcasts[id]; b != nil {
		for _, stage := range b.stages[store.RecipientQueued:] {
			for _, r := range stage {
				counts.add(&r)
			}
		}
	}
	return counts.list(), nil
}

// TakeEnded implements queue.Tx.
func (t *tx) TakeEnded(id string, limit int) ([]queue.RecipientCount, error) {
	var counts recipientCounts
	ended := t.broadcasts[id].stages[store.RecipientEnded]
	for psid, r := range ended {
		if limit--; limit < 0 {
			break
		}
		counts.add(&r)
		delete(ended, psid)
	}
	return counts.list(), nil
}

// TakeRecipients implements queue.Tx.
func (t *tx) TakeRecipients(id string, convs []store.Conversation) ([]queue.RecipientCount, error) {
	var counts recipientCounts
	for _, conv := range convs {
		if b, r, ok := t.recipient(id, conv.PSID); ok && b.PageID == conv.PageID {
			counts.add(&r)
			b.remove(conv.PSID)
		}
	}
	return counts.list(), nil
}

// BroadcastsOf implements queue.Tx.
func (t *tx) BroadcastsOf(convs []store.Conversation) (ids []string, err error) {
	for id, b := range t.broadcasts {
		if slices.ContainsFunc(convs, func(conv store.Conversation) bool {
			_, has := b.recipient(conv.PSID)
			return has && b.PageID == conv.PageID
		}) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// PeopleOf implements queue.Tx.
func (t *tx) PeopleOf(pageID, after string, limit int) (people []store.Person, err error) {
	var psids []string
	for id := range maps.Keys(t.people) {
		if id.PageID == pageID && id.PSID > after {
			psids = append(psids, id.PSID)
		}
	}
	slices.Sort(psids)
	for _, psid := range psids[:min(len(psids), limit)] {
		people = append(people, *clone(t.people[of(pageID, psid)]))
	}
	return people, nil
}

// recipientCounts counts recipients by stage and result.
type recipientCounts map[queue.RecipientCount]int64

func (c *recipientCounts) add(r *queue.RecipientRow) {
	ready((*map[queue.RecipientCount]int64)(c))[queue.RecipientCount{Stage: r.Stage, Result: r.Result}]++
}

func (c *recipientCounts) list() (list []queue.RecipientCount) {
	for count, n := range *c {
		count.N = n
		list = append(list, count)
	}
	return list
}
