package sending_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/sending"
)

// samples are messages of every kind, with the wire form of each.
func samples(t *testing.T) map[string]struct {
	message sending.Message
	wire    string
} {
	t.Helper()
	list, err := sending.Template("generic", map[string]any{"elements": []any{map[string]any{"title": "Shirt"}}})
	require.NoError(t, err)
	return map[string]struct {
		message sending.Message
		wire    string
	}{
		"text": {
			sending.Text("Hello"),
			`{"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"text":"Hello","metadata":"meta"}}`,
		},
		"quick replies": {
			sending.Text("Size?").WithQuickReplies(sending.TextReply("S", "s"), sending.PhoneReply(), sending.EmailReply()),
			`{"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"text":"Size?","metadata":"meta","quick_replies":[
				{"content_type":"text","title":"S","payload":"s"},{"content_type":"user_phone_number"},{"content_type":"user_email"}]}}`,
		},
		"tagged reply to": {
			sending.Text("Late").WithTag(sending.TagHumanAgent).InReplyTo("m_1"),
			`{"recipient":{"id":"42"},"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT","reply_to":{"mid":"m_1"},
				"message":{"text":"Late","metadata":"meta"}}`,
		},
		"image by URL": {
			sending.Image("https://shop.example/a.png"),
			`{"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"metadata":"meta",
				"attachment":{"type":"image","payload":{"url":"https://shop.example/a.png"}}}}`,
		},
		"uploaded video": {
			sending.Uploaded(sending.AttachmentVideo, "77"),
			`{"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"metadata":"meta",
				"attachment":{"type":"video","payload":{"attachment_id":"77"}}}}`,
		},
		"buttons": {
			sending.ButtonTemplate("Choose", sending.URLButton("Web", "https://shop.example/"), sending.PostbackButton("Go", "go"),
				sending.PhoneButton("Call", "+15105551234")),
			`{"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"metadata":"meta","attachment":{"type":"template","payload":{
				"template_type":"button","text":"Choose","buttons":[
				{"type":"web_url","title":"Web","url":"https://shop.example/"},
				{"type":"postback","title":"Go","payload":"go"},
				{"type":"phone_number","title":"Call","payload":"+15105551234"}]}}}}`,
		},
		"any template": {
			list,
			`{"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"metadata":"meta","attachment":{"type":"template","payload":{
				"template_type":"generic","elements":[{"title":"Shirt"}]}}}}`,
		},
		"typing": {
			sending.TypingOn.Message(),
			`{"recipient":{"id":"42"},"sender_action":"typing_on"}`,
		},
		"reaction": {
			sending.ReactTo("m_1", "😍"),
			`{"recipient":{"id":"42"},"sender_action":"react","payload":{"message_id":"m_1","reaction":"😍"}}`,
		},
		"private reply": {
			sending.Text("Hello").To(sending.Recipient{CommentID: "1_2"}),
			`{"recipient":{"comment_id":"1_2"},"messaging_type":"RESPONSE","message":{"text":"Hello","metadata":"meta"}}`,
		},
	}
}

func TestRequestIsWhatThePlatformDocuments(t *testing.T) {
	t.Parallel()
	for name, sample := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, sample.message.Validate(""))
			got, err := sample.message.Request(sending.Recipient{ID: "42"}, "meta")
			require.NoError(t, err)
			require.JSONEq(t, sample.wire, string(got))
		})
	}
}

func TestMessageSurvivesJSON(t *testing.T) {
	t.Parallel()
	for name, sample := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := sample.message.After(time.Hour).WithKey("k")
			raw, err := json.Marshal(before)
			require.NoError(t, err)
			var after sending.Message
			require.NoError(t, json.Unmarshal(raw, &after))
			require.Equal(t, before, after)
		})
	}
}

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

func TestWindowFree(t *testing.T) {
	t.Parallel()
	require.False(t, sending.Text("a").WindowFree())
	require.False(t, sending.Text("a").To(sending.Recipient{ID: "1"}).WindowFree())
	require.True(t, sending.Text("a").WithTag("HUMAN_AGENT").WindowFree())
	require.True(t, sending.Message{Text: "a", MessagingType: sending.MessagingUtility}.WindowFree())
	require.True(t, sending.Text("a").To(sending.Recipient{CommentID: "1"}).WindowFree())
}

func TestKind(t *testing.T) {
	t.Parallel()
	require.Equal(t, "text", sending.Text("a").Kind())
	require.Equal(t, "image", sending.Image("https://a.example/").Kind())
	require.Equal(t, "template", sending.ButtonTemplate("a").Kind())
	require.Equal(t, "typing_on", sending.TypingOn.Message().Kind())
}
