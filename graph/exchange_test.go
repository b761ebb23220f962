package graph_test

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// appToken is what calls bear that are an app's own.
const appToken = "77|" + appSecret

// exchange is a call of a method of the client, with what it must put on the wire and make of the answer.
type exchange struct {
	call   func(ctx context.Context, client *graph.Client) (any, error)
	answer string
	bearer string // default: the page's token
	wire   string // method, path below the version, query without the proof, body
	want   any
	// lenient says that an answer of an empty object is fine.
	lenient bool
}

// runExchanges holds each exchange to its wire and its result, and then gives it all kinds of answers that are none.
func runExchanges(t *testing.T, exchanges map[string]exchange) {
	t.Helper()
	for name, x := range exchanges {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform := newPlatform(t, answering(200, x.answer))
			got, err := x.call(t.Context(), platform.client(t))
			require.NoError(t, err)
			require.Equal(t, x.want, got)
			require.Equal(t, x.wire, wireOf(t, platform.only(t), x.bearer))
			x.hostile(t)
		})
	}
}

// wireOf puts a call into one line, and holds that its token is where it belongs.
func wireOf(t *testing.T, sent call, bearer string) string {
	t.Helper()
	bearer = cmp.Or(bearer, token)
	require.Equal(t, "Bearer "+bearer, sent.header.Get("Authorization"))
	path, text, _ := strings.Cut(strings.TrimPrefix(sent.uri, "/prefix/v27.0/"), "?")
	query, err := url.ParseQuery(text)
	require.NoError(t, err)
	require.Len(t, query["appsecret_proof"], 1)
	require.NotContains(t, sent.uri, url.QueryEscape(bearer))
	query.Del("appsecret_proof")
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return strings.TrimSpace(sent.method + " " + path + " " + sent.body)
}

func (x exchange) hostile(t *testing.T) {
	t.Helper()
	bearer := cmp.Or(x.bearer, token)
	refusal := `{"error":{"code":190,"message":"bad ` + bearer + `"}}`
	answers := map[string]func(error) bool{
		refusal:                      func(err error) bool { return errors.Is(err, graph.ErrTokenInvalid) },
		x.answer[:len(x.answer)-1]:   isResponseError,
		`<html>`:                     isResponseError,
		``:                           isResponseError,
		`[]`:                         isResponseError,
		`null`:                       isResponseError,
		`"success"`:                  isResponseError,
		`7`:                          isResponseError,
		`{"data":7,"id":{},"a":[1]}`: x.judge,
		`{}`:                         x.judge,
		`{"success":"false"}`:        x.judge,
	}
	for answer, judge := range answers {
		client := newPlatform(t, answering(200, answer)).client(t, func(c *graph.Config) { c.Retries = -1 })
		_, err := x.call(t.Context(), client)
		require.True(t, judge(err), "%s: %v", answer, err)
		if err != nil {
			requireNoCredentials(t, err)
			require.NotContains(t, err.Error(), bearer)
		}
	}
}

func (x exchange) judge(err error) bool {
	return x.lenient && err == nil || !x.lenient && isResponseError(err)
}

func isResponseError(err error) bool {
	_, ok := errors.AsType[*graph.ResponseError](err)
	return ok
}

// requireNotSent holds that each call is refused before it is made.
func requireNotSent(t *testing.T, calls map[string]func(ctx context.Context, client *graph.Client) error) {
	t.Helper()
	platform := newPlatform(t, answering(http.StatusOK, `{"success":true,"id":"1","data":[]}`))
	client := platform.client(t)
	for name, call := range calls {
		_, refused := errors.AsType[*graph.RequestError](call(t.Context(), client))
		require.True(t, refused, name)
	}
	require.Empty(t, platform.received(t))
}

// change makes an exchange of a call that has no result.
func change(call func(ctx context.Context, client *graph.Client) error, wire string) exchange {
	return exchange{
		call:   func(ctx context.Context, client *graph.Client) (any, error) { return nil, call(ctx, client) },
		answer: `{"success":true}`,
		wire:   wire,
	}
}

// collect walks a list to its end or its first error.
func collect[T any](list iter.Seq2[T, error]) ([]T, error) {
	var elements []T
	for element, err := range list {
		if err != nil {
			return elements, err
		}
		elements = append(elements, element)
	}
	return elements, nil
}

func drain[T any](list iter.Seq2[T, error]) error {
	_, err := collect(list)
	return err
}

func appCredentials() secret.Value { return secret.New(appToken) }
