package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// TestAnswerToACommentIsKeyedByTheComment: another event about the same comment makes the same key,
// so that the store leaves its answer out.
func TestAnswerToACommentIsKeyedByTheComment(t *testing.T) {
	t.Parallel()
	key := func(typ receiving.Type, event, route string, i int, m sending.Message) string {
		conv := store.Conversation{PageID: "1", PSID: "feed/1_2"}
		turn := &turn{
			w: &worker{lease: store.Lease{LeaseID: store.LeaseID{Conversation: conv}}}, ev: &receiving.Event{Type: typ},
			queued: store.QueuedEvent{Event: store.Event{Key: event}},
		}
		key, fresh := turn.sendKey(route, i, m)
		require.Equal(t, typ == receiving.TypeSimpleText, fresh, "what another event can make again is remembered")
		return key
	}
	private := sending.Text("a").To(sending.Recipient{CommentID: "1_2"})
	public := sending.Text("a").PubliclyTo(sending.PublicReply{CommentID: "1_2"})
	comment, text := receiving.TypeComment, receiving.TypeSimpleText

	require.Equal(t, key(comment, "e1", "r", 0, private), key(comment, "e2", "other", 3, private), "one private reply, whichever route makes it")
	require.NotEqual(t, key(comment, "e1", "r", 0, private), key(comment, "e1", "r", 0, private.To(sending.Recipient{CommentID: "1_3"})))
	require.Equal(t, key(comment, "e1", "r", 0, public), key(comment, "e2", "r", 0, public))
	require.NotEqual(t, key(comment, "e1", "r", 0, public), key(comment, "e1", "r", 1, public), "a route may say several things")
	require.NotEqual(t, key(comment, "e1", "r", 0, public), key(comment, "e1", "other", 0, public))
	require.NotEqual(t, key(text, "e1", "r", 0, sending.Text("a")), key(text, "e2", "r", 0, sending.Text("a")))
	require.Equal(t, key(comment, "e1", "r", 0, private.WithKey("k")), key(comment, "e2", "r2", 1, private.WithKey("k")))
}
