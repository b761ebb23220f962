package graph_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

const linkingToken = "ARQ/link+ing=token"

func linkingPerson(ctx context.Context, c *graph.Client) (any, error) {
	return c.LinkingPerson(ctx, page, secret.New(linkingToken))
}

func TestAccountLinking(t *testing.T) {
	t.Parallel()
	unlink := change(func(ctx context.Context, c *graph.Client) error { return c.UnlinkAccount(ctx, page, "9") },
		`POST me/unlink_accounts {"psid":"9"}`)
	words := unlink
	words.answer = `{"result":"unlink account success"}`
	runExchanges(t, map[string]exchange{
		"person": {
			call:   linkingPerson,
			answer: `{"id":"1","recipient":9}`,
			wire:   `GET me?account_linking_token=ARQ%2Flink%2Bing%3Dtoken&fields=recipient`,
			want:   "9",
		},
		"unlink":           words,
		"unlink, as other": unlink,
	})
}

// requireHidden makes a call that carries value in its URL, whatever comes of it, and looks for the value in the error.
func requireHidden(t *testing.T, value string, call func(context.Context, *graph.Client) (any, error)) {
	t.Helper()
	handlers := map[string]http.HandlerFunc{
		"refused":  answering(400, `{"error":{"code":10303,"message":"Invalid `+value+`","type":"`+value+`","error_user_msg":"`+url.QueryEscape(value)+`","fbtrace_id":"`+value+`"}}`),
		"unusable": answering(200, `["`+value+`"]`),
		"redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.String(), http.StatusFound) },
		"broken":   func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	for name, handler := range handlers {
		_, err := call(t.Context(), newPlatform(t, handler).client(t, func(c *graph.Config) { c.Retries = -1 }))
		requireAbsent(t, name, err, value)
	}
	faults := map[string]func(*http.Request) error{
		"URL":   func(r *http.Request) error { return errors.New("cannot reach " + r.URL.String()) },
		"plain": func(*http.Request) error { return errors.New("cannot send " + value) },
		"below": func(r *http.Request) error {
			return fmt.Errorf("proxy: %w", &url.Error{Op: "Get", URL: r.URL.String(), Err: http.ErrServerClosed})
		},
	}
	for name, fault := range faults {
		client := newPlatform(t, nil).client(t, func(c *graph.Config) {
			c.Retries = -1
			c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) { return nil, fault(r) })}
		})
		_, err := call(t.Context(), client)
		requireAbsent(t, name, err, value)
	}
}

func requireAbsent(t *testing.T, name string, err error, value string) {
	t.Helper()
	require.Error(t, err, name)
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		for _, format := range []string{"%v", "%+v", "%#v"} {
			text := fmt.Sprintf(format, inner)
			require.NotContains(t, text, value, name)
			require.NotContains(t, text, url.QueryEscape(value), name)
		}
	}
	requireNoCredentials(t, err)
}

func TestErrorsCarryNoLinkingToken(t *testing.T) {
	t.Parallel()
	requireHidden(t, linkingToken, linkingPerson)
}

func TestAccountLinkingThatIsNotAskedFor(t *testing.T) {
	t.Parallel()
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"no token": func(ctx context.Context, c *graph.Client) error {
			_, err := c.LinkingPerson(ctx, page, secret.Value{})
			return err
		},
		"nobody": func(ctx context.Context, c *graph.Client) error { return c.UnlinkAccount(ctx, page, "") },
	})
}
