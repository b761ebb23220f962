package upgradetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// The broadcasts of the scenario, on a page of their own. Fixtures of tables without broadcasts have none.
var (
	news  = store.Broadcast{ID: "news", PageID: page6, Key: "news \"ü\"", Body: []byte("body of news"), Window: 24 * time.Hour, Content: "c"}
	empty = store.Broadcast{ID: "empty", PageID: page6, Key: "empty", Content: "c"}
	draft = store.Broadcast{ID: "draft", PageID: page6, Key: "draft", Content: "c"}
)

// broadcast leaves a broadcast that runs, with a person who is counted and one who waits, one that has ended, and a draft.
func (f *filler) broadcast() {
	f.Helper()
	ctx := f.Context()
	for _, b := range []store.Broadcast{news, empty, draft} {
		require.NoError(f, f.st.DraftBroadcast(ctx, b))
		if b.ID != empty.ID {
			require.NoError(f, f.st.AddRecipients(ctx, b.ID, "unknown", "waits"))
		}
		if b.ID != draft.ID {
			_, err := f.st.StartBroadcast(ctx, b.ID, "p")
			require.NoError(f, err)
		}
	}
	require.NoError(f, f.st.FeedBroadcast(ctx, news.ID, []string{"unknown"}))
	_, err := f.st.CountBroadcast(ctx, news.ID)
	require.NoError(f, err)
	f.marks.Broadcasts = 2
}

// broadcasts checks that those that were started are as they were, and that the draft still is one.
func (c *checker) broadcasts() {
	c.Helper()
	list, err := c.st.Broadcasts(c.Context(), store.BroadcastQuery{})
	require.NoError(c, err)
	require.Len(c, list, c.marks.Broadcasts)
	if c.marks.Broadcasts == 0 {
		return
	}
	running, ended := news, empty
	running.State, running.People, running.StartedAt, running.Total, running.Unknown = store.BroadcastRunning, "p", raisedAt, 2, 1
	ended.State, ended.People, ended.StartedAt, ended.EndedAt = store.BroadcastDone, "p", raisedAt, raisedAt
	for i := range list {
		if len(list[i].Body) == 0 {
			list[i].Body = nil
		}
	}
	require.Equal(c, []store.Broadcast{running, ended}, list)
	waits, err := c.st.Recipients(c.Context(), news.ID, store.RecipientWaiting, 10)
	require.NoError(c, err)
	require.Equal(c, []string{"waits"}, waits)
	b, err := c.st.StartBroadcast(c.Context(), draft.ID, "p")
	require.NoError(c, err)
	require.Equal(c, 2, b.Remaining())
}
