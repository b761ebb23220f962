package graph_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

func TestThreadControl(t *testing.T) {
	t.Parallel()
	runExchanges(t, map[string]exchange{
		"pass": change(func(ctx context.Context, c *graph.Client) error {
			return c.PassThreadControl(ctx, page, "9", graph.InboxApp, "m")
		}, `POST me/pass_thread_control {"recipient":{"id":"9"},"target_app_id":"263902037430900","metadata":"m"}`),
		"pass, Instagram": change(func(ctx context.Context, c *graph.Client) error {
			return c.PassThreadControl(ctx, page, "9", graph.InstagramInboxApp, "")
		}, `POST me/pass_thread_control {"recipient":{"id":"9"},"target_app_id":"1217981644879628"}`),
		"take": change(func(ctx context.Context, c *graph.Client) error { return c.TakeThreadControl(ctx, page, "9", "m") },
			`POST me/take_thread_control {"recipient":{"id":"9"},"metadata":"m"}`),
		"request": change(func(ctx context.Context, c *graph.Client) error { return c.RequestThreadControl(ctx, page, "9", "m") },
			`POST me/request_thread_control {"recipient":{"id":"9"},"metadata":"m"}`),
		"release": change(func(ctx context.Context, c *graph.Client) error { return c.ReleaseThreadControl(ctx, page, "9", "") },
			`POST me/release_thread_control {"recipient":{"id":"9"}}`),
		"extend": change(func(ctx context.Context, c *graph.Client) error {
			return c.ExtendThreadControl(ctx, page, "9", graph.MaxThreadControl)
		}, `POST me/extend_thread_control {"recipient":{"id":"9"},"duration":604800}`),
		"extend, fraction": change(func(ctx context.Context, c *graph.Client) error {
			return c.ExtendThreadControl(ctx, page, "9", 1999*time.Millisecond)
		}, `POST me/extend_thread_control {"recipient":{"id":"9"},"duration":1}`),
		"owner": {
			call:   func(ctx context.Context, c *graph.Client) (any, error) { return c.ThreadOwner(ctx, page, "9&x") },
			answer: `{"data":[{"thread_owner":{"app_id":77,"expiration":1753113600}}]}`,
			wire:   `GET me/thread_owner?recipient=9%26x`,
			want: graph.ThreadOwner{
				AppID: "77", Expires: time.Date(2025, 7, 21, 16, 0, 0, 0, time.UTC),
				Raw: []byte(`{"data":[{"thread_owner":{"app_id":77,"expiration":1753113600}}]}`),
			},
			lenient: true,
		},
	})
}

func TestThreadWithoutAnOwner(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`{"data":[]}`, `{}`, `{"data":[{}]}`, `{"data":[7]}`, `{"data":[{"thread_owner":{"app_id":null}}]}`, `{"data":[{"thread_owner":"x"}]}`} {
		owner, err := newPlatform(t, answering(200, answer)).client(t).ThreadOwner(t.Context(), page, "9")
		require.NoError(t, err)
		require.Empty(t, owner.AppID, answer)
		require.Zero(t, owner.Expires, answer)
	}
}

func TestThreadOfAnotherApp(t *testing.T) {
	t.Parallel()
	client := newPlatform(t, answering(400, `{"error":{"code":10,"error_subcode":2018300}}`)).client(t)
	require.ErrorIs(t, client.TakeThreadControl(t.Context(), page, "9", ""), graph.ErrNotThreadOwner)
}

func TestThreadControlThatIsNotAskedFor(t *testing.T) {
	t.Parallel()
	extend := func(psid string, duration time.Duration) func(context.Context, *graph.Client) error {
		return func(ctx context.Context, c *graph.Client) error {
			return c.ExtendThreadControl(ctx, page, psid, duration)
		}
	}
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"pass nobody":    func(ctx context.Context, c *graph.Client) error { return c.PassThreadControl(ctx, page, "", "77", "") },
		"pass to no app": func(ctx context.Context, c *graph.Client) error { return c.PassThreadControl(ctx, page, "9", "", "") },
		"take nobody":    func(ctx context.Context, c *graph.Client) error { return c.TakeThreadControl(ctx, page, "", "") },
		"ask for nobody": func(ctx context.Context, c *graph.Client) error { return c.RequestThreadControl(ctx, page, "", "") },
		"release nobody": func(ctx context.Context, c *graph.Client) error { return c.ReleaseThreadControl(ctx, page, "", "") },
		"extend nobody":  extend("", time.Hour),
		"too short":      extend("9", time.Second-1),
		"negative":       extend("9", -time.Hour),
		"too long":       extend("9", graph.MaxThreadControl+1),
		"owner of none":  func(ctx context.Context, c *graph.Client) error { _, err := c.ThreadOwner(ctx, page, ""); return err },
	})
}
