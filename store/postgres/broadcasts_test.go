package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// running starts a broadcast to people of a page and queues a message to some of them.
func running(t *testing.T, st *gormstore.Store, id string, people []string, queued ...string) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, st.DraftBroadcast(ctx, store.Broadcast{ID: id, PageID: "page", Key: id}))
	require.NoError(t, st.AddRecipients(ctx, id, people...))
	_, err := st.StartBroadcast(ctx, id, "p")
	require.NoError(t, err)
	var sends []store.Send
	for _, psid := range queued {
		sends = append(sends, store.Send{Conversation: store.Conversation{PageID: "page", PSID: psid}, Key: id + psid})
	}
	require.NoError(t, st.FeedBroadcast(ctx, id, queued, sends...))
}

// A replica of the version before forgets people with its own statements, and ends sends without a look at recipients: each person
// is still counted once, and the broadcast ends.
func TestBroadcastsOutliveReplicasOfTheVersionBefore(t *testing.T) {
	t.Parallel()
	st := open(t, testpostgres.DSN(t))
	ctx := t.Context()
	for _, psid := range []string{"ann", "bob", "cay"} {
		require.NoError(t, st.Apply(ctx, store.AddThumbUp{PageID: "page", PSID: psid}))
	}
	running(t, st, "b", []string{"ann", "bob", "cay", "dan"}, "ann", "bob", "dan")
	running(t, st, "c", []string{"ann"}, "ann")
	found, err := st.Cancel(ctx, store.Conversation{PageID: "page", PSID: "ann"}, store.BroadcastGroup("c"))
	require.NoError(t, err)
	require.True(t, found)
	for _, old := range []string{
		"DELETE FROM messenger_outbox WHERE person_id = 'ann'",
		"DELETE FROM messenger_people WHERE psid = 'ann' AND page_id = 'page'",
		"DELETE FROM messenger_people WHERE psid = 'cay' AND page_id = 'page'",
		"DELETE FROM messenger_outbox WHERE person_id = 'bob'",
	} {
		require.NoError(t, st.DB().Exec(old).Error)
	}
	lost, err := st.Recipients(ctx, "b", store.RecipientLost, 10)
	require.NoError(t, err)
	require.Equal(t, []string{"bob"}, lost)
	require.NoError(t, st.FeedBroadcast(ctx, "b", lost))
	b, err := st.CountBroadcast(ctx, "b")
	require.NoError(t, err)
	require.Equal(t, store.BroadcastDone, b.State)
	require.Equal(t, []int{4, 2, 1, 1}, []int{b.Total, b.Forgotten, b.Uncertain, b.Unknown})
	c, err := st.CountBroadcast(ctx, "c")
	require.NoError(t, err)
	require.Equal(t, store.BroadcastDone, c.State)
	require.Equal(t, 1, c.Cancelled, "what had come of the forgotten person before")
}
