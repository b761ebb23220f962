// Package queuedump reads the rows of the queue from the tables of an SQL store, for its tests.
package queuedump

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Read reads all rows of a store with a database handle, such as gormstore's.
func Read(t *testing.T, st store.Store) queue.Dump {
	t.Helper()
	s, ok := st.(interface{ DB() *gorm.DB })
	require.True(t, ok)
	db := s.DB()
	var d queue.Dump
	read := func(dest any, columns, table string) {
		t.Helper()
		require.NoError(t, db.Raw("SELECT "+columns+" FROM "+table).Scan(dest).Error)
	}
	var conversations []struct {
		PageID, PersonID, Owner                                         string
		NextAt, HoldUntil, LeaseUntil, Holder, Token, Deliveries, Alone int64
	}
	read(&conversations, "page_id, person_id, owner, next_at, hold_until, lease_until, holder, token, deliveries, alone", "messenger_conversations")
	for _, c := range conversations {
		d.Conversations = append(d.Conversations, queue.ConversationRow{
			Conversation: store.Conversation{PageID: c.PageID, PSID: c.PersonID}, NextAt: c.NextAt, HoldUntil: c.HoldUntil,
			LeaseUntil: c.LeaseUntil, Owner: c.Owner, Holder: c.Holder, Token: c.Token, Deliveries: c.Deliveries, Alone: c.Alone,
		})
	}
	var named []struct{ PageID, PersonID, Key string }
	read(&named, "page_id, person_id, key", "messenger_inbox")
	for _, n := range named {
		d.Events = append(d.Events, queue.EventRow{Conversation: store.Conversation{PageID: n.PageID, PSID: n.PersonID}, Key: n.Key})
	}
	named = nil
	read(&named, "page_id, person_id, key", "messenger_outbox")
	for _, n := range named {
		d.Sends = append(d.Sends, queue.SendRow{Conversation: store.Conversation{PageID: n.PageID, PSID: n.PersonID}, Key: n.Key})
	}
	named = nil
	read(&named, "page_id, person_id, key", "messenger_dead")
	for _, n := range named {
		d.Dead = append(d.Dead, queue.DeadRow{EventRow: queue.EventRow{
			Conversation: store.Conversation{PageID: n.PageID, PSID: n.PersonID}, Key: n.Key,
		}})
	}
	var keys []struct {
		Kind int64
		Key  string
	}
	read(&keys, "kind, key", "messenger_dedup")
	for _, k := range keys {
		d.Keys = append(d.Keys, queue.Key{Kind: queue.Kind(k.Kind), Text: k.Key})
	}
	return d
}
