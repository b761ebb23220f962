package graph_test

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

func testdata(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return string(content)
}

func TestConversations(t *testing.T) {
	t.Parallel()
	answer := testdata(t, "conversations.json")
	var raw struct{ Data []json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(answer), &raw))
	client := newPlatform(t, answering(200, answer)).client(t)
	found, err := collect(client.Conversations(t.Context(), page, graph.ConversationQuery{}))
	require.NoError(t, err)
	raw.Data = slices.Delete(raw.Data, 2, 3) // what is no object
	require.Len(t, found, len(raw.Data))
	for i := range found {
		require.JSONEq(t, string(raw.Data[i]), string(found[i].Raw))
		found[i].Raw = nil
		for j := range found[i].Messages {
			require.NotEmpty(t, found[i].Messages[j].Raw)
			found[i].Messages[j].Raw = nil
		}
	}
	ada := graph.Participant{Email: "9@facebook.com", ID: "9", Name: "Ada"}
	shop := graph.Participant{ID: "1234567890", Name: "Shop", Username: "shop"}
	require.Equal(t, []graph.Conversation{
		{
			ID: "t_1", IsOwner: true, Participants: []graph.Participant{ada, shop}, Updated: time.Date(2022, 7, 12, 19, 11, 7, 0, time.UTC),
			Messages: []graph.ConversationMessage{
				{
					Attachments: []json.RawMessage{json.RawMessage(`{"id":"5","mime_type":"image/png"}`)},
					Created:     time.Date(2022, 7, 12, 17, 11, 7, 0, time.UTC),
					From:        ada, ID: "m_1", IsUnsupported: true, Text: "Hello", To: []graph.Participant{shop},
					Reactions: []json.RawMessage{json.RawMessage(`{"reaction":"love"}`)},
					ReplyTo:   json.RawMessage(`{"mid":"m_0"}`), Shares: []json.RawMessage{json.RawMessage(`{"link":"https://x"}`)},
					Story: json.RawMessage(`{"id":"s"}`), Tags: []string{"inbox", "sent"},
				},
				{ID: "m_0"},
			},
		},
		{ID: "t_2"},
		{},
	}, found)
}

func TestTimesOfConversations(t *testing.T) {
	t.Parallel()
	noon := time.Date(2022, 7, 12, 12, 0, 0, 0, time.UTC)
	for written, want := range map[string]time.Time{
		`"2022-07-12T12:00:00+0000"`:  noon,
		`"2022-07-12T14:00:00+0200"`:  noon,
		`"2022-07-12T12:00:00Z"`:      noon,
		`"2022-07-12T07:00:00-05:00"`: noon,
		`1657627200`:                  noon,
		`"1657627200"`:                noon,
		`1657627200000`:               noon,
		`0`:                           {},
		`-1`:                          {},
		`9223372036854775807`:         {},
		`253402300800000`:             {},
		`"yesterday"`:                 {},
		`null`:                        {},
		`{"time":1}`:                  {},
	} {
		client := newPlatform(t, answering(200, `{"data":[{"id":"t_1","updated_time":`+written+`}]}`)).client(t)
		found, err := collect(client.Conversations(t.Context(), page, graph.ConversationQuery{}))
		require.NoError(t, err)
		require.Equal(t, want, found[0].Updated, written)
		_, err = json.Marshal(found[0].Updated)
		require.NoError(t, err)
	}
}

func TestCallsForConversations(t *testing.T) {
	t.Parallel()
	conversations := func(query graph.ConversationQuery, wire string) exchange {
		return exchange{
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return collect(c.Conversations(ctx, page, query))
			},
			answer: `{"data":[{"id":"t_1"}]}`, wire: wire, want: []graph.Conversation{{ID: "t_1", Raw: []byte(`{"id":"t_1"}`)}},
		}
	}
	message := func(call func(ctx context.Context, c *graph.Client) (any, error), wire string) exchange {
		return exchange{
			call: call, answer: `{"id":"m_1","message":"Hi"}`, wire: wire,
			want: graph.ConversationMessage{ID: "m_1", Text: "Hi", Raw: []byte(`{"id":"m_1","message":"Hi"}`)},
		}
	}
	const fields = `fields=id%2Ccreated_time%2Cfrom%2Cto%2Cmessage%2Cattachments`
	runExchanges(t, map[string]exchange{
		"all": conversations(graph.ConversationQuery{}, `GET me/conversations?fields=participants%2Cupdated_time&platform=messenger`),
		"some": conversations(graph.ConversationQuery{
			Fields: []string{"messages{id,message}", "is_owner"}, Folder: "spam", Limit: 5, Platform: graph.PlatformInstagram, UserID: "9",
		}, `GET me/conversations?fields=messages%7Bid%2Cmessage%7D%2Cis_owner&folder=spam&limit=5&platform=instagram&user_id=9`),
		"messages": {
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return collect(c.ConversationMessages(ctx, page, "t_1/x"))
			},
			answer: `{"data":[{"id":"m_1","message":"Hi","from":7,"to":["x"],"tags":{"data":[{"name":"inbox"}]}}]}`,
			wire:   `GET t_1%2Fx/messages?` + fields,
			want: []graph.ConversationMessage{{
				ID: "m_1", Text: "Hi", Tags: []string{"inbox"},
				Raw: []byte(`{"id":"m_1","message":"Hi","from":7,"to":["x"],"tags":{"data":[{"name":"inbox"}]}}`),
			}},
		},
		"message": message(func(ctx context.Context, c *graph.Client) (any, error) {
			return c.ConversationMessage(ctx, page, "m_1/x")
		}, `GET m_1%2Fx?`+fields),
		"message, fields": message(func(ctx context.Context, c *graph.Client) (any, error) {
			return c.ConversationMessage(ctx, page, "m_1", "message", "story")
		}, `GET m_1?fields=message%2Cstory`),
	})
}

func TestConversationsThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"negative limit": func(ctx context.Context, c *graph.Client) error {
			return drain(c.Conversations(ctx, page, graph.ConversationQuery{Limit: -1}))
		},
		"no conversation": func(ctx context.Context, c *graph.Client) error { return drain(c.ConversationMessages(ctx, page, "")) },
		"no message": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ConversationMessage(ctx, page, "")
			return err
		},
	})
}
