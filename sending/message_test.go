package sending_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/sending"
)

func TestChangingACopyLeavesTheOriginal(t *testing.T) {
	t.Parallel()
	base := sending.Text("Size?").WithQuickReplies(sending.TextReply("S", "s"))
	one := base.WithQuickReplies(sending.TextReply("M", "m"))
	two := base.WithQuickReplies(sending.TextReply("L", "l"))
	require.Len(t, base.QuickReplies, 1)
	require.Equal(t, "m", one.QuickReplies[1].Payload)
	require.Equal(t, "l", two.QuickReplies[1].Payload)

	q := sending.QuickReplies{Text: "Size?"}.WithReply("S", "s")
	q1, q2 := q.WithReply("M", "m"), q.WithReply("L", "l")
	require.Len(t, q.Replies, 1)
	require.Equal(t, "m", q1.Replies[1].Payload)
	require.Equal(t, "l", q2.Replies[1].Payload)
}

func TestKind(t *testing.T) {
	t.Parallel()
	require.Equal(t, "text", sending.Text("a").Kind())
	require.Equal(t, "image", sending.Image("https://a.example/").Kind())
	require.Equal(t, "template", sending.ButtonTemplate("a").Kind())
	require.Equal(t, "images", sending.Images{URLs: []string{"https://a.example/"}}.Message().Kind())
	require.Equal(t, "sticker", sending.Sticker{ID: "1"}.Message().Kind())
	require.Equal(t, "utility", sending.UtilityTemplate{}.Message().Kind())
	require.Equal(t, "like_heart", sending.LikeHeart().Kind())
	require.Equal(t, "typing_on", sending.TypingOn.Message().Kind())
}
