package postgres

import (
	"slices"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Apply implements queue.Tx. The changes travel with the next statement whose answer is needed.
func (t *tx) Apply(c *queue.Changes) error {
	t.endEvents(c)
	t.applySends(c)
	if len(c.LettersGone) > 0 {
		t.change(deleteLetters, append([]int64(nil), c.LettersGone...))
	}
	t.addEvents(c.EventsAdded)
	t.savePeople(c.People)
	t.saveActs(c.Acts)
	t.applySessions(c)
	t.addRecords(c)
	t.saveOnce(c.Once)
	t.applyConversations(c)
	t.savePages(c)
	for _, u := range c.Unsent {
		t.unsend(u)
	}
	if len(c.KeysFreed) > 0 {
		kinds, texts := keyColumns(c.KeysFreed)
		t.change(deleteKeys, kinds, texts)
	}
	return t.err
}

func (t *tx) endEvents(c *queue.Changes) {
	if rows := c.EventsDead; len(rows) > 0 {
		t.change(buryEvents,
			column(rows, func(r *queue.DeadRow) int64 { return r.Seq }),
			column(rows, func(r *queue.DeadRow) int64 { return r.Attempts }),
			column(rows, func(r *queue.DeadRow) string { return r.Failures }),
			column(rows, func(r *queue.DeadRow) int64 { return r.At }))
	}
	if len(c.EventsRetried) > 0 {
		t.change(retryEvents, append([]int64(nil), c.EventsRetried...))
	}
	if len(c.EventsDone) > 0 {
		t.change(endEvents, append([]int64(nil), c.EventsDone...))
	}
}

func (t *tx) addEvents(rows []queue.EventRow) {
	if len(rows) == 0 {
		return
	}
	t.change(addEvents,
		column(rows, func(r *queue.EventRow) string { return r.PageID }),
		column(rows, func(r *queue.EventRow) string { return r.PSID }),
		column(rows, func(r *queue.EventRow) string { return r.Key }),
		column(rows, func(r *queue.EventRow) int64 { return r.OrderAt }),
		column(rows, func(r *queue.EventRow) int64 { return r.EventAt }),
		column(rows, func(r *queue.EventRow) []byte { return r.Body }),
		column(rows, func(r *queue.EventRow) string { return r.EchoOf }),
		column(rows, func(r *queue.EventRow) string { return r.Only }),
		column(rows, func(r *queue.EventRow) int64 { return r.ReceivedAt }))
}

func (t *tx) applySends(c *queue.Changes) {
	if len(c.SendsGone) > 0 {
		t.change(deleteSends, append([]int64(nil), c.SendsGone...))
	}
	if rows := c.SendsChanged; len(rows) > 0 {
		t.change(changeSends,
			column(rows, func(r **queue.SendRow) int64 { return (*r).ID }),
			column(rows, func(r **queue.SendRow) int64 { return (*r).StartedAt }),
			column(rows, func(r **queue.SendRow) int64 { return (*r).Attempts }))
	}
	if rows := c.SendsAdded; len(rows) > 0 {
		t.change(addSends,
			column(rows, func(r **queue.SendRow) string { return (*r).PageID }),
			column(rows, func(r **queue.SendRow) string { return (*r).PSID }),
			column(rows, func(r **queue.SendRow) string { return (*r).Key }),
			column(rows, func(r **queue.SendRow) string { return (*r).Group }),
			column(rows, func(r **queue.SendRow) []byte { return (*r).Body }),
			column(rows, func(r **queue.SendRow) int64 { return (*r).Delay }),
			column(rows, func(r **queue.SendRow) int64 { return (*r).NotBefore }),
			column(rows, func(r **queue.SendRow) int64 { return (*r).StartedAt }),
			column(rows, func(r **queue.SendRow) int64 { return (*r).Attempts }))
	}
}

func (t *tx) applyConversations(c *queue.Changes) {
	if rows := slices.Concat(c.ConversationsAdded, c.Conversations); len(rows) > 0 {
		t.change(saveConversations,
			column(rows, func(r **queue.ConversationRow) string { return (*r).PageID }),
			column(rows, func(r **queue.ConversationRow) string { return (*r).PSID }),
			column(rows, func(r **queue.ConversationRow) int64 { return (*r).NextAt }),
			column(rows, func(r **queue.ConversationRow) int64 { return (*r).HoldUntil }),
			column(rows, func(r **queue.ConversationRow) int64 { return (*r).LeaseUntil }),
			proseColumn(rows, func(r **queue.ConversationRow) string { return (*r).Owner }),
			column(rows, func(r **queue.ConversationRow) int64 { return (*r).Holder }),
			column(rows, func(r **queue.ConversationRow) int64 { return (*r).Token }),
			column(rows, func(r **queue.ConversationRow) int64 { return (*r).Deliveries }),
			column(rows, func(r **queue.ConversationRow) int64 { return (*r).Alone }))
	}
	if len(c.ConversationsGone) > 0 {
		pageIDs, personIDs := conversationColumns(c.ConversationsGone)
		t.change(deleteConversations, pageIDs, personIDs)
	}
}

// unsend erases what a person has unsent.
func (t *tx) unsend(u *queue.Unsent) {
	if len(u.Keys) > 0 || u.Edits != "" {
		args := []any{u.PageID, u.PSID, append([]string{}, u.Keys...), u.Edits}
		t.later(statement{text: unsendEvents, args: args, changed: func(n int64) error {
			u.Events = n
			return nil
		}})
		t.change(unsendLetters, args...)
		t.change(unsendReceived, args...)
	}
	if u.MID != "" {
		t.change(unsendLocations, u.PageID, u.PSID, prose(u.MID))
	}
}

// savePages stores what belongs to no conversation.
func (t *tx) savePages(c *queue.Changes) {
	if rows := c.Attachments; len(rows) > 0 {
		t.change(saveAttachments,
			column(rows, func(r *store.SaveAttachment) string { return r.PageID }),
			column(rows, func(r *store.SaveAttachment) string { return r.Name }),
			proseColumn(rows, func(r *store.SaveAttachment) string { return r.AttachmentID }),
			column(rows, func(r *store.SaveAttachment) int64 { return queue.Micros(r.Expires) }))
	}
	if rows := c.Echoed; len(rows) > 0 {
		t.change(saveEchoes,
			column(rows, func(r *queue.PageTime) string { return r.PageID }),
			column(rows, func(r *queue.PageTime) int64 { return r.At }))
	}
}

func (t *tx) saveOnce(rows []queue.OnceRow) {
	if len(rows) == 0 {
		return
	}
	t.change(saveOnce,
		column(rows, func(r *queue.OnceRow) string { return r.Name }),
		column(rows, func(r *queue.OnceRow) string { return r.Version }),
		column(rows, func(r *queue.OnceRow) int64 { return r.DoneAt }),
		column(rows, func(r *queue.OnceRow) int64 { return r.LeaseUntil }),
		column(rows, func(r *queue.OnceRow) int64 { return r.Token }))
}
