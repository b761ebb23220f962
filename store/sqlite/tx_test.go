package sqlite //nolint:testpackage // it tests the transaction without a store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

var ann = store.Conversation{PageID: "page", PSID: "ann"}

// apply applies changes in a transaction of their own.
func apply(t *testing.T, c *conn, changes *queue.Changes) {
	t.Helper()
	tx := begin(t, c)
	require.NoError(t, tx.Apply(changes))
	require.NoError(t, tx.Commit(t.Context()))
}

// A key is fresh to the transaction that inserts it, and to no later one, unless that was rolled back or has freed it.
func TestFreshKeys(t *testing.T) {
	t.Parallel()
	c := openConn(t)
	a, b, x := queue.Key{Kind: queue.KeyEvent, Text: "a"}, queue.Key{Kind: queue.KeyEvent, Text: "b"}, queue.Key{Kind: queue.KeySend, Text: "a"}
	read := func(tx *tx, lookups, keys []queue.Key, seen, fresh []queue.Key) {
		t.Helper()
		snap, err := tx.Read(&queue.Wants{Lookups: lookups, Keys: keys})
		require.NoError(t, err)
		require.Equal(t, set(seen), snap.Seen)
		require.Equal(t, set(fresh), snap.Inserted)
	}
	first := begin(t, c)
	read(first, []queue.Key{a}, []queue.Key{a, b}, nil, []queue.Key{a, b})
	read(first, []queue.Key{a, x}, []queue.Key{a}, []queue.Key{a}, nil)
	first.Rollback()
	second := begin(t, c)
	read(second, []queue.Key{a}, []queue.Key{a, b}, nil, []queue.Key{a, b})
	require.NoError(t, second.Commit(t.Context()))
	third := begin(t, c)
	read(third, []queue.Key{a, x}, []queue.Key{a, b, x}, []queue.Key{a}, []queue.Key{x})
	require.NoError(t, third.Apply(&queue.Changes{KeysFreed: []queue.Key{b}}))
	require.NoError(t, third.Commit(t.Context()))
	read(begin(t, c), nil, []queue.Key{a, b, x}, nil, []queue.Key{b})
}

func set(keys []queue.Key) map[queue.Key]bool {
	s := map[queue.Key]bool{}
	for _, key := range keys {
		s[key] = true
	}
	return s
}

// Sends are read where they are wanted and there are any, and their bodies where those are wanted and the sends are due.
func TestReadingAConversation(t *testing.T) {
	t.Parallel()
	c := openConn(t)
	tx := begin(t, c)
	row := queue.ConversationRow{Conversation: ann, NextAt: 1, HoldUntil: 2, LeaseUntil: 3, Owner: "w", Holder: 4, Token: 5, Deliveries: 6, Alone: 7}
	due := queue.SendRow{Conversation: ann, Key: "due", Group: "g", Body: []byte("1"), Delay: 8, NotBefore: tx.Now(), StartedAt: 9, Attempts: 10}
	later := queue.SendRow{Conversation: ann, Key: "later", Body: []byte("2"), NotBefore: tx.Now() + 1}
	require.NoError(t, tx.Apply(&queue.Changes{
		ConversationsAdded: []*queue.ConversationRow{&row}, SendsAdded: []*queue.SendRow{&due, &later},
		EventsAdded: []queue.EventRow{{Conversation: ann, Key: "a"}, {Conversation: ann, Key: "b"}},
	}))
	read := func(want queue.ConversationWant) *queue.State {
		t.Helper()
		snap, err := tx.Read(&queue.Wants{Conversations: []queue.ConversationWant{want}})
		require.NoError(t, err)
		return snap.Conversations[want.Conversation]
	}
	due.ID, later.ID, later.Body = 1, 2, nil
	state := &queue.State{ConversationRow: row, Stored: true, Others: true, HasSends: true}
	require.Equal(t, state, read(queue.ConversationWant{Conversation: ann}))
	state.Sends = []*queue.SendRow{&due, &later}
	require.Equal(t, state, read(queue.ConversationWant{Conversation: ann, Sends: true, Bodies: true}))
	bodiless := due
	bodiless.Body = nil
	state.Sends = []*queue.SendRow{&bodiless, &later}
	require.Equal(t, state, read(queue.ConversationWant{Conversation: ann, Sends: true}))
	state.Sends, state.Waits = nil, true
	require.Equal(t, state, read(queue.ConversationWant{Conversation: ann, Ends: 1}))
	require.NoError(t, tx.Apply(&queue.Changes{EventsRetried: []queue.Retried{{ID: 2}}, EventsDone: []int64{1}, SendsGone: []int64{1, 2}}))
	state.HasSends, state.Others, state.Attempts = false, false, 1
	require.Equal(t, state, read(queue.ConversationWant{Conversation: ann, Ends: 2, Sends: true}))
	bob := store.Conversation{PageID: "page", PSID: "bob"}
	require.Equal(t, &queue.State{ConversationRow: queue.ConversationRow{Conversation: bob}}, read(queue.ConversationWant{Conversation: bob, Ends: 2}))
}

// Text that is looked up can be any bytes.
func TestTextComesBackAsItWentIn(t *testing.T) {
	t.Parallel()
	c := openConn(t)
	for _, text := range []string{"a\x00b", "\xff\xfe", "a\xffb\x00", "\U0001f600", " ", `"[]'`} {
		conv := store.Conversation{PageID: "page" + text, PSID: text}
		keep := queue.EventRow{Conversation: conv, Key: text + "!", Body: []byte{}}
		apply(t, c, &queue.Changes{
			ConversationsAdded: []*queue.ConversationRow{{Conversation: conv, NextAt: 1}},
			EventsAdded:        []queue.EventRow{{Conversation: conv, Key: text}, {Conversation: conv, Key: text + "?1"}, keep},
			Received:           []store.Received{{PageID: conv.PageID, PSID: text, Key: text + "?2"}},
			SendsAdded:         []*queue.SendRow{{Conversation: conv, Key: text}},
			Sessions:           []store.Session{{PageID: conv.PageID, PSID: text, Name: text, Version: 2}},
		})
		tx := begin(t, c)
		unsent := queue.Unsent{Conversation: conv, Keys: []string{text}, Edits: text + "?"}
		require.NoError(t, tx.Apply(&queue.Changes{Unsent: []*queue.Unsent{&unsent}}))
		require.EqualValues(t, 2, unsent.Events, "%q", text)
		work, err := tx.Work([]queue.WorkWant{{Conversation: conv, Sends: true}}, 10)
		require.NoError(t, err)
		require.Len(t, work.Events[0], 1, "%q", text)
		require.Equal(t, keep.Key, work.Events[0][0].Key)
		require.Equal(t, keep.Body, work.Events[0][0].Body)
		require.Equal(t, text, work.Sends[0][0].Key)
		require.Nil(t, work.Sends[0][0].Body)
		snap, err := tx.Read(&queue.Wants{Sessions: []queue.SessionKey{{PageID: conv.PageID, PSID: text, Name: text}}})
		require.NoError(t, err)
		require.Len(t, snap.Sessions, 1)
		due, err := tx.Due(&queue.DueQuery{Now: tx.Now(), Until: tx.Now(), Limit: 10})
		require.NoError(t, err)
		require.Equal(t, conv, due[0].Conversation)
		require.True(t, due[0].HasDueSends)
		require.NoError(t, tx.Apply(&queue.Changes{ConversationsGone: []store.Conversation{conv}}))
		require.NoError(t, tx.Commit(t.Context()))
		var left int
		require.NoError(t, c.query(func(r *row) { left = int(r.int(0)) }, "SELECT COUNT(*) FROM messenger_received"))
		require.Zero(t, left)
	}
}

// Old keys go, but for those of events and sends that wait, and of dead letters, whatever form they have.
func TestPurgeOfKeys(t *testing.T) {
	t.Parallel()
	c := openConn(t)
	tx := begin(t, c)
	keys := []queue.Key{
		{Kind: queue.KeyEvent, Text: "waits"}, {Kind: queue.KeyTimedEvent, Text: "0000000awaits"}, {Kind: queue.KeySend, Text: "waits"},
		{Kind: queue.KeyEvent, Text: "dead"}, {Kind: queue.KeyTimedEvent, Text: "6500ffffdead\x00\xff"}, {Kind: queue.KeySend, Text: "sent"},
		{Kind: queue.KeyEvent, Text: "done"}, {Kind: queue.KeyTimedEvent, Text: "0000000adone"}, {Kind: queue.KeyEdits, Text: "waits"},
		{Kind: queue.KeyTimedEvent, Text: "0000000xwaits "},
	}
	_, err := tx.Read(&queue.Wants{Keys: keys})
	require.NoError(t, err)
	require.NoError(t, tx.Apply(&queue.Changes{
		EventsAdded: []queue.EventRow{{Conversation: ann, Key: "waits"}, {Conversation: ann, Key: "dead"}, {Conversation: ann, Key: "dead\x00\xff"}},
		SendsAdded:  []*queue.SendRow{{Conversation: ann, Key: "waits"}},
	}))
	require.NoError(t, tx.Apply(&queue.Changes{
		EventsDead: []queue.DeadRow{{EventRow: queue.EventRow{Seq: 2}, Failures: "[]"}, {EventRow: queue.EventRow{Seq: 3}, Failures: "[]"}},
		EventsDone: []int64{2, 3},
	}))
	last, older, err := tx.PurgeOldest(queue.AgingKeys, 0, tx.Now(), 100)
	require.NoError(t, err)
	require.EqualValues(t, len(keys), last)
	require.False(t, older, "none is older than now")
	for after, done := int64(0), false; !done; after = last {
		last, older, err = tx.PurgeOldest(queue.AgingKeys, after, tx.Now()+1, 3)
		require.NoError(t, err)
		done = !older
	}
	snap, err := tx.Read(&queue.Wants{Lookups: keys})
	require.NoError(t, err)
	require.Equal(t, set(keys[:5]), snap.Seen)
}

// Forgetting a person leaves a note for the keeper in the same transaction.
func TestForgettingOwesASweep(t *testing.T) {
	t.Parallel()
	c := openConn(t)
	bob := store.Conversation{PageID: "page", PSID: "bob"}
	apply(t, c, &queue.Changes{EventsAdded: []queue.EventRow{
		{Conversation: ann, Key: "1"}, {Conversation: ann, Key: "2"}, {Conversation: bob, Key: "3"},
	}})
	owed := func() (n int64) {
		require.NoError(t, c.query(func(r *row) { n = r.int(0) }, "SELECT owed FROM messenger_sweeps"))
		return n
	}
	for _, commit := range []bool{false, true} {
		tx := begin(t, c)
		before := owed()
		events, err := tx.Forget([]store.Conversation{ann, {PageID: "other", PSID: "ann"}})
		require.NoError(t, err)
		require.Equal(t, map[string]int{"page": 2}, events)
		require.Equal(t, before+1, owed())
		if commit {
			require.NoError(t, tx.Commit(t.Context()))
		} else {
			tx.Rollback()
		}
	}
}

// A value that no version of the store writes fails the read, and is not taken for another.
func TestColumnsOfAnotherType(t *testing.T) {
	t.Parallel()
	c := openConn(t)
	tx := begin(t, c)
	require.NoError(t, tx.Apply(&queue.Changes{ConversationsAdded: []*queue.ConversationRow{{Conversation: ann, NextAt: 1}}}))
	err := c.exec("UPDATE messenger_conversations SET token = 'many'")
	require.NoError(t, err)
	_, err = tx.Read(&queue.Wants{Conversations: []queue.ConversationWant{{Conversation: ann}}})
	require.ErrorContains(t, err, "column 5 is a string and no integer")
	_, err = tx.Due(&queue.DueQuery{Now: 1, Until: 1, Limit: 1})
	require.ErrorContains(t, err, "column 7 is a string and no integer")
}

// A statement that fails ends nothing but itself, and the connection is good for the next transaction. One on which the
// database has rolled back by itself is, too.
func TestConnectionAfterAnError(t *testing.T) {
	t.Parallel()
	c := openConn(t)
	failed := begin(t, c)
	err := c.exec("UPDATE messenger_nothing SET a = 1")
	require.ErrorContains(t, err, "store: database: no such table: messenger_nothing")
	failed.Rollback()
	require.True(t, c.Usable(t.Context(), err))

	over := begin(t, c)
	err = c.exec("PRAGMA max_page_count = 1")
	require.NoError(t, err)
	err = c.exec("INSERT INTO messenger_echoes (page_id, at) VALUES (hex(zeroblob(100000)), 1)")
	require.ErrorContains(t, err, "full")
	err = c.exec("PRAGMA max_page_count = 1073741823")
	require.NoError(t, err)
	require.Error(t, over.Commit(t.Context()), "SQLite has rolled back")
	over.Rollback()
	require.True(t, c.Usable(t.Context(), err))
	apply(t, c, &queue.Changes{Echoed: []queue.PageTime{{PageID: "page", At: 1}}})
}

// After a backward clock step what was stored by the later time counts as stored now. A transaction that is rolled back has
// done nothing about it.
func TestClockStepIsClampedInTheNextTransaction(t *testing.T) {
	t.Parallel()
	c := openConn(t)
	const second = int64(time.Second / time.Microsecond)
	const before, back = 1000 * second, 100 * second
	at := func(us int64) *tx {
		t.Helper()
		opened, err := c.Begin(t.Context(), database.BeginOptions{Clock: func() time.Time { return time.UnixMicro(us).Add(999 * time.Nanosecond) }})
		require.NoError(t, err)
		t.Cleanup(opened.Rollback)
		begun, ok := opened.(*tx)
		require.True(t, ok)
		require.Equal(t, us, begun.Now())
		return begun
	}
	conv := func(person string) store.Conversation { return store.Conversation{PageID: "page", PSID: person} }
	rows := []*queue.ConversationRow{
		{Conversation: conv("new"), NextAt: before},
		{Conversation: conv("old"), NextAt: before - 200*second},
		{Conversation: conv("paused"), NextAt: before + 60*second, HoldUntil: before + 60*second},
		{Conversation: conv("later"), NextAt: before + 3600*second},
		{Conversation: conv("leased"), NextAt: before, LeaseUntil: before + 30*second, Owner: "w"},
		{Conversation: conv("nothing"), NextAt: before},
	}
	first := at(before)
	require.NoError(t, first.Apply(&queue.Changes{
		ConversationsAdded: rows,
		EventsAdded: []queue.EventRow{
			{Conversation: conv("new"), Key: "1", ReceivedAt: before}, {Conversation: conv("old"), Key: "2", ReceivedAt: before - 200*second},
			{Conversation: conv("paused"), Key: "3", ReceivedAt: before - 1}, {Conversation: conv("leased"), Key: "4", ReceivedAt: before},
		},
		SendsAdded: []*queue.SendRow{{
			Conversation: conv("later"), Key: "5", Delay: int64(time.Hour), NotBefore: before + 3600*second, StartedAt: before,
		}},
	}))
	require.NoError(t, first.Commit(t.Context()))

	at(before - second + 1).Rollback() // a small step
	at(before - back).Rollback()
	second2 := at(before - back)
	now := before - back
	snap, err := second2.Read(&queue.Wants{Conversations: []queue.ConversationWant{
		{Conversation: conv("later"), Sends: true, Bodies: true}, {Conversation: conv("leased")}, {Conversation: conv("new")}, {Conversation: conv("nothing")},
		{Conversation: conv("old")}, {Conversation: conv("paused")},
	}})
	require.NoError(t, err)
	for person, want := range map[string]int64{
		"new": now, "old": before - 200*second, "paused": now + 60*second, "later": now + 3600*second, "leased": now, "nothing": 0,
	} {
		require.Equal(t, want, snap.Conversations[conv(person)].NextAt, person)
	}
	require.Equal(t, now+60*second, snap.Conversations[conv("paused")].HoldUntil)
	require.Equal(t, before+30*second, snap.Conversations[conv("leased")].LeaseUntil)
	send := snap.Conversations[conv("later")].Sends[0]
	require.Equal(t, now, send.StartedAt)
	require.Equal(t, now+3600*second, send.NotBefore)
	var received []int64
	require.NoError(t, c.query(func(r *row) { received = append(received, r.int(0)) }, "SELECT received_at FROM messenger_inbox ORDER BY seq"))
	require.Equal(t, []int64{now, before - 200*second, now, now}, received)
	require.NoError(t, second2.Commit(t.Context()))
}
