package postgres

import (
	"slices"

	"github.com/djmessenger/messenger/internal/queue"
)

// Apply implements queue.Tx. The changes travel with the next statement whose answer is needed.
func (t *tx) Apply(c *queue.Changes) error {
	changeRows(t, buryEvents, c.EventsDead, (*queue.DeadRow).Burial)
	changeRows(t, retryEvents, c.EventsRetried, (*queue.Retried).Fields)
	changeRows(t, endEvents, c.EventsDone, number)
	changeRows(t, deleteSends, c.SendsGone, number)
	changeRowsOf(t, changeSends, c.SendsChanged, (*queue.SendRow).Changes)
	changeRowsOf(t, addSends, c.SendsAdded, (*queue.SendRow).Fields)
	changeRows(t, deleteLetters, c.LettersGone, number)
	changeRows(t, addEvents, c.EventsAdded, (*queue.EventRow).Fields)
	changeRows(t, buryRaised, c.RaisedDead, (*queue.RaisedDead).Burial)
	changeRows(t, retryRaised, c.RaisedRetried, (*queue.Retried).Fields)
	changeRows(t, deleteRaised, c.RaisedGone, number)
	changeRowsOf(t, addRaised, c.RaisedAdded, (*queue.RaisedRow).Fields)
	changeRowsOf(t, savePeople, c.People, queue.PersonFields)
	changeRowsOf(t, touchPeople, c.Acts, queue.ActFields)
	changeRows(t, saveSessions, c.Sessions, queue.SessionFields)
	changeRows(t, deleteSessions, c.SessionsGone, (*queue.SessionKey).Fields)
	changeRows(t, addLocations, c.Locations, queue.LocationFields)
	changeRows(t, addReceived, c.Received, queue.ReceivedFields)
	changeRows(t, addSent, c.Sent, queue.SentFields)
	changeRows(t, saveOnce, c.Once, (*queue.OnceRow).Fields)
	rows := slices.Concat(c.ConversationsAdded, c.Conversations, c.ConversationsDormant)
	changeRowsOf(t, saveConversations, rows, (*queue.ConversationRow).Fields)
	changeRows(t, deleteConversations, c.ConversationsGone, queue.ConversationFields)
	changeRows(t, saveAttachments, c.Attachments, queue.AttachmentFields)
	changeRows(t, saveEchoes, c.Echoed, (*queue.PageTime).Fields)
	changeRowsOf(t, saveBroadcasts, c.Broadcasts, (*queue.BroadcastRow).Fields)
	changeRows(t, saveRecipients, c.Recipients, (*queue.RecipientRow).Fields)
	changeRows(t, endRecipients, c.RecipientEnds, (*queue.RecipientEnd).Fields)
	for _, u := range c.Unsent {
		t.unsend(u)
	}
	changeRows(t, deleteKeys, c.KeysFreed, (*queue.Key).Fields)
	return t.err
}

// changeRows has a statement wait that changes rows, if there are any, and takes their fields as arrays.
func changeRows[R any](t *tx, text string, rows []R, fields func(row *R, to []any) []any) {
	if len(rows) > 0 {
		t.change(text, columns(rows, fields)...)
	}
}

// changeRowsOf is the same for rows that are pointers.
func changeRowsOf[R any](t *tx, text string, rows []*R, fields func(row *R, to []any) []any) {
	changeRows(t, text, rows, func(row **R, to []any) []any { return fields(*row, to) })
}

func number(n *int64, to []any) []any { return append(to, n) }

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
