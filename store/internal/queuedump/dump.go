// Package queuedump reads the rows of the queue from the tables of an SQL store, for its tests.
package queuedump

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// dumped is an SQL store whose rows [queue.DumpOf] reads.
type dumped struct {
	store.Store
	queue.Rows
}

// Unwrap returns the store with all its capabilities.
func (d dumped) Unwrap() store.Store { return d.Store }

// With returns a store whose rows storetest compares with those of its model.
func With(t *testing.T, st *gormstore.Store) store.Store {
	t.Helper()
	return dumped{st, queue.NewRows(func() queue.Dump { return read(t, st.DB()) })}
}

// read reads all rows.
func read(t *testing.T, db *gorm.DB) queue.Dump {
	t.Helper()
	var d queue.Dump
	scan := func(dest any, columns, table string) {
		t.Helper()
		require.NoError(t, db.Raw("SELECT "+columns+" FROM "+table).Scan(dest).Error)
	}
	var conversations []struct {
		PageID, PersonID, Owner                                         string
		NextAt, HoldUntil, LeaseUntil, Holder, Token, Deliveries, Alone int64
	}
	scan(&conversations, "page_id, person_id, owner, next_at, hold_until, lease_until, holder, token, deliveries, alone", "messenger_conversations")
	for _, c := range conversations {
		d.Conversations = append(d.Conversations, queue.ConversationRow{
			Conversation: store.Conversation{PageID: c.PageID, PSID: c.PersonID}, NextAt: c.NextAt, HoldUntil: c.HoldUntil,
			LeaseUntil: c.LeaseUntil, Owner: c.Owner, Holder: c.Holder, Token: c.Token, Deliveries: c.Deliveries, Alone: c.Alone,
		})
	}
	var dormant []struct {
		PageID, PersonID string
		DueAt, RaisedAt  int64
	}
	scan(&dormant, "page_id, person_id, due_at, raised_at", `messenger_raised t WHERE NOT EXISTS (
		SELECT 1 FROM messenger_conversations c WHERE c.page_id = t.page_id AND c.person_id = t.person_id)
		AND NOT EXISTS (SELECT 1 FROM messenger_raised f WHERE f.page_id = t.page_id AND f.person_id = t.person_id
		AND (f.due_at < t.due_at OR f.due_at = t.due_at AND f.id < t.id))`)
	for _, r := range dormant {
		row := queue.ConversationRow{Conversation: store.Conversation{PageID: r.PageID, PSID: r.PersonID}, NextAt: r.DueAt}
		if r.DueAt > r.RaisedAt {
			row.NextAt += queue.BackgroundFrom
		}
		d.Conversations = append(d.Conversations, row)
	}
	var named []struct{ PageID, PersonID, Key string }
	scan(&named, "page_id, person_id, key", "messenger_inbox")
	for _, n := range named {
		d.Events = append(d.Events, queue.EventRow{Conversation: store.Conversation{PageID: n.PageID, PSID: n.PersonID}, Key: n.Key})
	}
	named = nil
	scan(&named, "page_id, person_id, key", "messenger_outbox")
	for _, n := range named {
		d.Sends = append(d.Sends, queue.SendRow{Conversation: store.Conversation{PageID: n.PageID, PSID: n.PersonID}, Key: n.Key})
	}
	var dead []struct {
		PageID, PersonID, Key string
		RaisedAt              int64
	}
	scan(&dead, "page_id, person_id, key, raised_at", "messenger_dead")
	for _, n := range dead {
		d.Dead = append(d.Dead, queue.DeadRow{EventRow: queue.EventRow{
			Conversation: store.Conversation{PageID: n.PageID, PSID: n.PersonID}, Key: n.Key, RaisedAt: n.RaisedAt,
		}})
	}
	var raised []struct {
		PageID, PersonID, Key     string
		Once                      bool
		DueAt, RaisedAt, Attempts int64
	}
	scan(&raised, "page_id, person_id, key, once, due_at, raised_at, attempts", "messenger_raised")
	for _, r := range raised {
		d.Raised = append(d.Raised, queue.RaisedRow{Once: r.Once, EventRow: queue.EventRow{
			Conversation: store.Conversation{PageID: r.PageID, PSID: r.PersonID}, RaisedKey: r.Key, RaisedAt: r.RaisedAt, ReceivedAt: r.DueAt,
			Attempts: r.Attempts,
		}})
	}
	var keys []struct {
		Kind int64
		Key  string
	}
	scan(&keys, "kind, key", "messenger_dedup")
	for _, k := range keys {
		d.Keys = append(d.Keys, queue.Key{Kind: queue.Kind(k.Kind), Text: k.Key})
	}
	return d
}
