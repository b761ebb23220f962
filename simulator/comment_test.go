package simulator_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// TestPublicReplies: what the page comments below a comment or a post can be read there, by the bot and by a test, and the
// page is notified of it as of its own.
func TestPublicReplies(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL, Fields: []string{"feed"}})
	comment, err := p.Comment(t.Context(), lin, "How much?")
	require.NoError(t, err)
	post, err := p.VisitorPost(t.Context(), ada, "Are you open on Sunday?")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(post, "100000000000001_"))

	var replies []string // of the page, in the order of its calls
	for _, target := range []string{comment, post} {
		a := p.do(t, "POST", "/v27.0/"+target+"/comments", `{"message":"5 euros"}`)
		require.Equal(t, 200, a.status, string(a.body))
		var made struct{ ID string }
		require.NoError(t, json.Unmarshal(a.body, &made))
		got := p.Comments(target)
		require.Len(t, got, 1)
		require.Equal(t, simulator.Comment{ID: made.ID, ParentID: target, From: simulator.FromPage, Text: "5 euros", Time: got[0].Time}, got[0])
		found, err := p.WaitComment(t.Context(), target, nil)
		require.NoError(t, err)
		require.Equal(t, got[0], found)

		list := p.do(t, "GET", "/v27.0/"+target+"/comments?fields=id,message,from,created_time&order=reverse_chronological", "")
		require.Equal(t, 200, list.status)
		require.Contains(t, string(list.body), `"id":"`+made.ID+`"`)
		require.Contains(t, string(list.body), `"from":{"id":"100000000000001"`)
		replies = append(replies, "comment "+made.ID+" below "+target+": 5 euros")
	}
	require.NoError(t, p.Flush(t.Context()))
	require.Equal(t, map[string][]string{
		lin:  {"comment " + comment + " below 100000000000001_1: How much?"},
		ada:  {"status " + post + ": Are you open on Sunday?"},
		page: replies,
	}, b.feed(t))

	for body, target := range map[string]string{`{"message":"x"}`: "1_404", `{"message":""}`: comment, `{}`: post} {
		code, _ := p.do(t, "POST", "/v27.0/"+target+"/comments", body).code(t)
		require.Equal(t, 100, code, body)
	}
	code, _ := p.do(t, "DELETE", "/v27.0/"+comment+"/comments", "").code(t)
	require.Equal(t, 100, code)
	_, err = p.VisitorPost(t.Context(), "404", "hi")
	require.ErrorIs(t, err, simulator.ErrNoPerson)
	_, err = p.VisitorPost(t.Context(), ada, "")
	require.Error(t, err)
	private := p.send(t, `{"recipient":{"post_id":"`+post+`"},"message":{"text":"Yes"}}`)
	require.Contains(t, string(private.body), `"recipient_id":"`+ada+`"`)
}
