package graph_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

const witToken = "WIT/token+1"

func TestSetNLP(t *testing.T) {
	t.Parallel()
	runExchanges(t, map[string]exchange{
		"off": change(func(ctx context.Context, c *graph.Client) error { return c.SetNLP(ctx, page, graph.NLPConfig{}) },
			`POST me/nlp_configs {"nlp_enabled":false}`),
		"all": change(func(ctx context.Context, c *graph.Client) error {
			return c.SetNLP(ctx, page, graph.NLPConfig{
				CustomToken: secret.New(witToken), Enabled: true, Model: "CUSTOM", NBest: 3,
				OtherLanguages: []byte(`{"de":{"model":"GERMAN_STANDARD"}}`), Verbose: new(false),
			})
		}, `POST me/nlp_configs {"custom_token":"`+witToken+`","model":"CUSTOM","n_best":3,"nlp_enabled":true,`+
			`"other_language_support":{"de":{"model":"GERMAN_STANDARD"}},"verbose":false}`),
	})
}

func TestErrorsCarryNoCustomToken(t *testing.T) {
	t.Parallel()
	client := newPlatform(t, answering(400, `{"error":{"code":100,"message":"no app for `+witToken+`","error_user_msg":"`+witToken+`"}}`)).client(t)
	config := graph.NLPConfig{CustomToken: secret.New(witToken)}
	err := client.SetNLP(t.Context(), page, config)
	refused, ok := errors.AsType[*graph.Error](err)
	require.True(t, ok)
	require.Equal(t, "no app for "+secret.Redacted, refused.Message)
	require.Equal(t, secret.Redacted, refused.UserMessage)
	require.NotContains(t, fmt.Sprintf("%+v %#v", config, config), witToken)
}

func TestNLPThatIsNotAskedFor(t *testing.T) {
	t.Parallel()
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"negative": func(ctx context.Context, c *graph.Client) error {
			return c.SetNLP(ctx, page, graph.NLPConfig{NBest: -1})
		},
		"no JSON": func(ctx context.Context, c *graph.Client) error {
			return c.SetNLP(ctx, page, graph.NLPConfig{OtherLanguages: []byte(`{`)})
		},
	})
}
