package graph_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

func TestPrivateReply(t *testing.T) {
	t.Parallel()
	message := map[string]string{"text": "Hello!"}
	runExchanges(t, map[string]exchange{
		"to a comment": {
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return c.PrivateReply(ctx, page, graph.PublicPost{CommentID: "1_2"}, message)
			},
			answer:  `{"recipient_id":9,"message_id":"m_1"}`,
			wire:    `POST me/messages {"recipient":{"comment_id":"1_2"},"messaging_type":"RESPONSE","message":{"text":"Hello!"}}`,
			want:    graph.SendResult{MID: "m_1", PSID: "9", Raw: []byte(`{"recipient_id":9,"message_id":"m_1"}`)},
			lenient: true, // as with every send
		},
		"to a post, as bytes": {
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return c.PrivateReply(ctx, page, graph.PublicPost{PostID: "1_3"}, []byte(`{"text":"Hi"}`))
			},
			answer:  `{"recipient_id":"9","message_id":"m_1"}`,
			wire:    `POST me/messages {"recipient":{"post_id":"1_3"},"messaging_type":"RESPONSE","message":{"text":"Hi"}}`,
			want:    graph.SendResult{MID: "m_1", PSID: "9", Raw: []byte(`{"recipient_id":"9","message_id":"m_1"}`)},
			lenient: true,
		},
	})
}

func TestPrivateReplyIsMadeOnce(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answering(500, `{"error":{"code":2}}`))
	_, err := platform.client(t).PrivateReply(t.Context(), page, graph.PublicPost{PostID: "1"}, json.RawMessage(`{"text":"x"}`))
	require.Error(t, err)
	platform.only(t)
}

func TestPrivateRepliesThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	reply := func(to graph.PublicPost, message any) func(context.Context, *graph.Client) error {
		return func(ctx context.Context, c *graph.Client) error {
			_, err := c.PrivateReply(ctx, page, to, message)
			return err
		}
	}
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"to nothing": reply(graph.PublicPost{}, json.RawMessage(`{}`)),
		"to both":    reply(graph.PublicPost{CommentID: "1", PostID: "2"}, json.RawMessage(`{}`)),
		"no message": reply(graph.PublicPost{PostID: "2"}, nil),
		"no JSON":    reply(graph.PublicPost{PostID: "2"}, []byte(`{`)),
		"empty JSON": reply(graph.PublicPost{PostID: "2"}, json.RawMessage(nil)),
		"a channel":  reply(graph.PublicPost{PostID: "2"}, make(chan int)),
	})
}
