package graph_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

const verifyToken = "verify+me/please"

func subscription() graph.AppSubscription {
	return graph.AppSubscription{
		CallbackURL: "https://bot.example/webhook",
		Fields:      []string{"messages", "messaging_postbacks"},
		Object:      "page",
		VerifyToken: secret.New(verifyToken),
	}
}

func TestPageSubscriptions(t *testing.T) {
	t.Parallel()
	runExchanges(t, map[string]exchange{
		"subscribe": change(func(ctx context.Context, c *graph.Client) error {
			return c.Subscribe(ctx, page, "messages", "messaging_postbacks")
		}, `POST me/subscribed_apps?subscribed_fields=messages%2Cmessaging_postbacks`),
		"list": {
			call:   func(ctx context.Context, c *graph.Client) (any, error) { return collect(c.Subscriptions(ctx, page)) },
			answer: `{"data":[{"id":77,"name":"Bot","link":"l","subscribed_fields":["messages",{"name":"feed"},[],null]},{"subscribed_fields":"messages"}]}`,
			wire:   `GET me/subscribed_apps`,
			want: []graph.SubscribedApp{
				{Fields: []string{"messages", "feed"}, ID: "77", Name: "Bot", Raw: []byte(`{"id":77,"name":"Bot","link":"l","subscribed_fields":["messages",{"name":"feed"},[],null]}`)},
				{Raw: []byte(`{"subscribed_fields":"messages"}`)},
			},
		},
		"unsubscribe": change(func(ctx context.Context, c *graph.Client) error { return c.Unsubscribe(ctx, page) }, `DELETE me/subscribed_apps`),
	})
}

func TestAppSubscriptions(t *testing.T) {
	t.Parallel()
	withAppToken := func(x exchange) exchange {
		x.bearer = appToken
		return x
	}
	runExchanges(t, map[string]exchange{
		"subscribe": withAppToken(change(func(ctx context.Context, c *graph.Client) error {
			return c.SubscribeApp(ctx, appCredentials(), "77/1", subscription())
		}, `POST 77%2F1/subscriptions {"callback_url":"https://bot.example/webhook","fields":"messages,messaging_postbacks",`+
			`"include_values":true,"object":"page","verify_token":"`+verifyToken+`"}`)),
		"list": withAppToken(exchange{
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return collect(c.AppSubscriptions(ctx, appCredentials(), "77"))
			},
			answer: `{"data":[{"object":"page","callback_url":"https://b","active":true,"fields":[{"name":"messages","version":"v27.0"},"feed"]},{"active":"maybe"}]}`,
			wire:   `GET 77/subscriptions`,
			want: []graph.AppSubscription{
				{
					Active: true, CallbackURL: "https://b", Fields: []string{"messages", "feed"}, Object: "page",
					Raw: []byte(`{"object":"page","callback_url":"https://b","active":true,"fields":[{"name":"messages","version":"v27.0"},"feed"]}`),
				},
				{Raw: []byte(`{"active":"maybe"}`)},
			},
		}),
		"unsubscribe": withAppToken(change(func(ctx context.Context, c *graph.Client) error {
			return c.UnsubscribeApp(ctx, appCredentials(), "77", "instagram")
		}, `DELETE 77/subscriptions?object=instagram`)),
		"unsubscribe fields": withAppToken(change(func(ctx context.Context, c *graph.Client) error {
			return c.UnsubscribeApp(ctx, appCredentials(), "77", "page", "messages", "feed")
		}, `DELETE 77/subscriptions?fields=messages%2Cfeed&object=page`)),
	})
}

func TestAppToken(t *testing.T) {
	t.Parallel()
	require.Equal(t, appToken, graph.AppToken("77", secret.New(appSecret)).Reveal())
	require.True(t, graph.AppToken("", secret.New(appSecret)).IsZero())
	require.True(t, graph.AppToken("77", secret.Value{}).IsZero())
}

func TestErrorsCarryNoVerifyToken(t *testing.T) {
	t.Parallel()
	client := newPlatform(t, answering(400, `{"error":{"code":2200,"message":"callback said no to `+verifyToken+`"}}`)).client(t)
	err := client.SubscribeApp(t.Context(), appCredentials(), "77", subscription())
	_, refused := errors.AsType[*graph.Error](err)
	require.True(t, refused)
	require.Contains(t, err.Error(), "callback said no to "+secret.Redacted)

	client = newPlatform(t, nil).client(t, func(c *graph.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("lost: " + verifyToken)
		})}
	})
	err = client.SubscribeApp(t.Context(), appCredentials(), "77", subscription())
	require.Error(t, err)
	require.NotContains(t, err.Error(), verifyToken)
}

func TestSubscriptionsThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	app := func(change func(*graph.AppSubscription)) func(context.Context, *graph.Client) error {
		return func(ctx context.Context, c *graph.Client) error {
			s := subscription()
			change(&s)
			return c.SubscribeApp(ctx, appCredentials(), "77", s)
		}
	}
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"no field":        func(ctx context.Context, c *graph.Client) error { return c.Subscribe(ctx, page) },
		"empty field":     func(ctx context.Context, c *graph.Client) error { return c.Subscribe(ctx, page, "messages", "") },
		"fields in one":   func(ctx context.Context, c *graph.Client) error { return c.Subscribe(ctx, page, "messages,feed") },
		"app, no field":   app(func(s *graph.AppSubscription) { s.Fields = nil }),
		"app, no object":  app(func(s *graph.AppSubscription) { s.Object = "" }),
		"app, no verify":  app(func(s *graph.AppSubscription) { s.VerifyToken = secret.Value{} }),
		"app, no address": app(func(s *graph.AppSubscription) { s.CallbackURL = "" }),
		"app, plain HTTP": app(func(s *graph.AppSubscription) { s.CallbackURL = "http://bot.example/" }),
		"no app token": func(ctx context.Context, c *graph.Client) error {
			return c.SubscribeApp(ctx, secret.Value{}, "77", subscription())
		},
		"no app": func(ctx context.Context, c *graph.Client) error {
			return c.SubscribeApp(ctx, appCredentials(), "", subscription())
		},
		"list of no app": func(ctx context.Context, c *graph.Client) error {
			return drain(c.AppSubscriptions(ctx, appCredentials(), ""))
		},
		"list, no token": func(ctx context.Context, c *graph.Client) error {
			return drain(c.AppSubscriptions(ctx, secret.Value{}, "77"))
		},
		"end, no object": func(ctx context.Context, c *graph.Client) error {
			return c.UnsubscribeApp(ctx, appCredentials(), "77", "")
		},
		"end, empty field": func(ctx context.Context, c *graph.Client) error {
			return c.UnsubscribeApp(ctx, appCredentials(), "77", "page", "")
		},
		"end, no token": func(ctx context.Context, c *graph.Client) error {
			return c.UnsubscribeApp(ctx, secret.Value{}, "77", "page")
		},
	})
}
