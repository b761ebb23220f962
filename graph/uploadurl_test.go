package graph_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/graph"
)

func TestUploadURL(t *testing.T) {
	t.Parallel()
	runExchanges(t, map[string]exchange{
		"image": {
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return c.UploadURL(ctx, page, attachment.Image, "https://x.example/cat.png?a=1&b=2")
			},
			answer: `{"attachment_id":1854626884821032}`,
			wire:   `POST me/message_attachments {"message":{"attachment":{"payload":{"is_reusable":true,"url":"https://x.example/cat.png?a=1\u0026b=2"},"type":"image"}}}`,
			want:   "1854626884821032",
		},
	})
}

func TestUploadURLHasTheTimeoutOfUploads(t *testing.T) {
	t.Parallel()
	stall := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	change := func(c *graph.Config) { c.Timeout, c.UploadTimeout = time.Hour, time.Second }
	withPipedPlatform(t, stall, change, func(t *testing.T, client *graph.Client) {
		start := time.Now()
		_, err := client.UploadURL(t.Context(), page, attachment.Video, "https://x.example/v.mp4")
		require.Equal(t, time.Second, time.Since(start))
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestUploadURLsThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	upload := func(kind attachment.Type, address string) func(context.Context, *graph.Client) error {
		return func(ctx context.Context, c *graph.Client) error {
			_, err := c.UploadURL(ctx, page, kind, address)
			return err
		}
	}
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"no kind":      upload("", "https://x.example/a"),
		"no address":   upload("image", ""),
		"no URL":       upload("image", "https://x.example/%zz"),
		"other scheme": upload("image", "data:image/png;base64,AAAA"),
	})
}
