package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

func TestDoMakesTheCallBelowBasePathAndVersion(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answering(200, `{"id": 7, "name": "x"}`))
	var out struct {
		ID   int
		Name string
	}
	err := platform.client(t).Do(t.Context(), graph.Request{
		Body: map[string]any{"b": 1, "a": "<é>"}, Method: "POST", PageID: page, Path: "/me/custom_labels", Query: url.Values{"fields": {"id,name"}},
	}, &out)
	require.NoError(t, err)
	require.Equal(t, 7, out.ID)
	require.Equal(t, "x", out.Name)

	got := platform.only(t)
	require.Equal(t, "POST", got.method)
	require.Equal(t, "/prefix/v27.0/me/custom_labels?appsecret_proof="+proof+"&fields=id%2Cname", got.uri)
	require.JSONEq(t, `{"a":"<é>","b":1}`, got.body)
	require.Equal(t, "Bearer "+token, got.header.Get("Authorization"))
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
}

func TestDoSignsOnlyWithASecret(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, nil)
	client := platform.client(t, func(c *graph.Config) {
		c.AppSecret = func(asked string) secret.Value {
			if asked == page {
				return secret.New(appSecret)
			}
			return secret.Value{}
		}
	})
	require.NoError(t, client.Do(t.Context(), graph.Request{PageID: page, Path: "me"}, nil))
	require.NoError(t, client.Do(t.Context(), graph.Request{PageID: "another", Path: "me"}, nil))
	unsigned := platform.client(t, func(c *graph.Config) { c.AppSecret = nil })
	require.NoError(t, unsigned.Do(t.Context(), graph.Request{PageID: page, Path: "me"}, nil))

	calls := platform.received(t)
	require.Equal(t, "/prefix/v27.0/me?appsecret_proof="+proof, calls[0].uri)
	require.Equal(t, "/prefix/v27.0/me", calls[1].uri)
	require.Equal(t, "/prefix/v27.0/me", calls[2].uri)
	require.Equal(t, "GET", calls[0].method)
	require.Empty(t, calls[0].body)
	require.Empty(t, calls[0].header.Get("Content-Type"))
}

func TestDoKeepsRawBytesAndLargeNumbers(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answering(200, `{"id": 12345678901234567890}`))
	var out json.RawMessage
	raw := json.RawMessage(`{"b" : 1,  "a":"\u00e9"}`)
	require.NoError(t, platform.client(t).Do(t.Context(), graph.Request{Body: raw, Method: "POST", Path: "me"}, &out))
	require.Equal(t, string(raw), platform.only(t).body)
	require.Equal(t, `{"id": 12345678901234567890}`, string(out))
}

func TestDoRefusesRequestsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	tests := map[string]graph.Request{
		"no path":         {},
		"slash":           {Path: "/"},
		"query in path":   {Path: "me?access_token=x"},
		"fragment":        {Path: "me#x"},
		"up":              {Path: "../v1.0/me"},
		"up, escaped":     {Path: "%2e%2e/v1.0/me"},
		"dot":             {Path: "./me"},
		"empty segment":   {Path: "//evil.example/me"},
		"broken escape":   {Path: "me/%zz"},
		"half escaped":    {Path: "a%2Fb/c d"},
		"token in query":  {Path: "me", Query: url.Values{"access_token": {"x"}}},
		"proof in query":  {Path: "me", Query: url.Values{"appsecret_proof": {"x"}}},
		"method":          {Path: "me", Method: "GET ME"},
		"raw body":        {Path: "me", Method: "POST", Body: json.RawMessage(`{"a":`)},
		"bytes":           {Path: "me", Method: "POST", Body: []byte(`x`)},
		"unwritable body": {Path: "me", Method: "POST", Body: func() {}},
	}
	platform := newPlatform(t, nil)
	client := platform.client(t)
	for name, request := range tests {
		var refused *graph.RequestError
		err := client.Do(t.Context(), request, nil)
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, graph.RetryNever, graph.Classify(err), name)
	}
	require.Empty(t, platform.received(t))
}

func TestDoFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	var elsewhere []*http.Request
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { elsewhere = append(elsewhere, r) }))
	t.Cleanup(other.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		platform := newPlatform(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, status) })
		for _, own := range []*http.Client{platform.Client(), nil} {
			client := platform.client(t, func(c *graph.Config) { c.HTTPClient = own })
			err := client.Do(t.Context(), graph.Request{Body: []byte(`{}`), Method: "POST", Path: "me/messages"}, nil)
			var unusable *graph.ResponseError
			require.ErrorAs(t, err, &unusable)
			require.Equal(t, status, unusable.HTTPStatus)
			require.Equal(t, graph.RetryNever, graph.Classify(err))
		}
	}
	require.Empty(t, elsewhere)
}

func TestTokenIsAskedAnewForEveryCall(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, nil)
	tokens := graph.TokenMap{"one": secret.New("first")}
	client := platform.client(t, func(c *graph.Config) { c.Tokens = tokens })
	require.NoError(t, client.Do(t.Context(), graph.Request{PageID: "one", Path: "me"}, nil))
	tokens["one"] = secret.New("renewed")
	require.NoError(t, client.Do(t.Context(), graph.Request{PageID: "one", Path: "me"}, nil))
	calls := platform.received(t)
	require.Equal(t, "Bearer first", calls[0].header.Get("Authorization"))
	require.Equal(t, "Bearer renewed", calls[1].header.Get("Authorization"))
}

func TestWithoutATokenNothingIsSent(t *testing.T) {
	t.Parallel()
	fault := errors.New("the vault is sealed")
	sources := map[string]struct {
		source graph.TokenSource
		want   error
		retry  graph.Retry
	}{
		"empty":       {graph.PageToken(""), graph.ErrNoToken, graph.RetryNewToken},
		"unknown":     {graph.TokenMap{"another": secret.New(token)}, graph.ErrNoToken, graph.RetryNewToken},
		"nil map":     {graph.TokenMap(nil), graph.ErrNoToken, graph.RetryNewToken},
		"line break":  {graph.PageToken(token + "\n"), graph.ErrTokenInvalid, graph.RetryNewToken},
		"not English": {graph.PageToken(token + "é"), graph.ErrTokenInvalid, graph.RetryNewToken},
		"fault": {graph.TokenFunc(func(context.Context, string) (secret.Value, error) {
			return secret.Value{}, fault
		}), fault, graph.RetrySafe},
	}
	for name, test := range sources {
		platform := newPlatform(t, nil)
		client := platform.client(t, func(c *graph.Config) { c.Tokens = test.source })
		err := client.Do(t.Context(), graph.Request{PageID: page, Path: "me"}, nil)
		require.ErrorIs(t, err, test.want, name)
		require.Equal(t, test.retry, graph.Classify(err), name)
		require.Equal(t, test.retry == graph.RetryNewToken, errors.Is(err, graph.ErrTokenInvalid), name)
		require.NotContains(t, err.Error(), token, name)
		require.Empty(t, platform.received(t), name)
	}
}

func TestTokenSourceGetsPageAndDeadline(t *testing.T) {
	t.Parallel()
	client := newPlatform(t, nil).client(t, func(c *graph.Config) {
		c.Tokens = graph.TokenFunc(func(ctx context.Context, asked string) (secret.Value, error) {
			_, bounded := ctx.Deadline()
			require.True(t, bounded)
			require.Equal(t, page, asked)
			return secret.New(token), nil
		})
	})
	require.NoError(t, client.Do(t.Context(), graph.Request{PageID: page, Path: "me"}, nil))
}

func TestSendMessage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer string
		want   graph.SendResult
	}{
		"message":      {`{"recipient_id":"9","message_id":"m_1"}`, graph.SendResult{PSID: "9", MID: "m_1"}},
		"attachment":   {`{"recipient_id":"9","message_id":"m_1","attachment_id":"77"}`, graph.SendResult{PSID: "9", MID: "m_1", AttachmentID: "77"}},
		"numbers":      {`{"recipient_id":12345678901234567890,"attachment_id":1854626884821032}`, graph.SendResult{PSID: "12345678901234567890", AttachmentID: "1854626884821032"}},
		"action":       {`{"recipient_id":"9"}`, graph.SendResult{PSID: "9"}},
		"user_ref":     {`{"message_id":"m_1"}`, graph.SendResult{MID: "m_1"}},
		"nested":       {`{"recipient":{"id":"9","message_id":"m_1"}}`, graph.SendResult{PSID: "9", MID: "m_1"}},
		"half nested":  {`{"recipient":{"id":"9"},"message_id":"m_1"}`, graph.SendResult{PSID: "9", MID: "m_1"}},
		"Instagram":    {`{"id":"m_1"}`, graph.SendResult{MID: "m_1"}},
		"both ids":     {`{"id":"other","recipient_id":"9","message_id":"m_1"}`, graph.SendResult{PSID: "9", MID: "m_1"}},
		"strange":      {`{"recipient_id":{},"message_id":null,"recipient":[]}`, graph.SendResult{}},
		"error null":   {`{"recipient_id":"9","error":null}`, graph.SendResult{PSID: "9"}},
		"nothing told": {`{}`, graph.SendResult{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform := newPlatform(t, answering(200, test.answer))
			got, err := platform.client(t).SendMessage(t.Context(), page, json.RawMessage(`{"recipient":{"id":"9"}}`))
			require.NoError(t, err)
			require.JSONEq(t, test.answer, string(got.Raw))
			got.Raw = nil
			require.Equal(t, test.want, got)
			sent := platform.only(t)
			require.Equal(t, "POST /prefix/v27.0/me/messages", sent.method+" "+strings.Split(sent.uri, "?")[0])
			require.Equal(t, `{"recipient":{"id":"9"}}`, sent.body)
		})
	}
}

func TestSendMessageTakesAnObjectForAnAnswer(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`[]`, `null`, `"ok"`, `true`} {
		_, err := newPlatform(t, answering(200, answer)).client(t).SendMessage(t.Context(), page, []byte(`{}`))
		require.Equal(t, graph.RetryUncertain, graph.Classify(err), answer)
	}
	var refused *graph.RequestError
	_, err := newPlatform(t, nil).client(t).SendMessage(t.Context(), page, nil)
	require.ErrorAs(t, err, &refused)
}

func TestUsersHTTPClientMakesTheCalls(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, nil)
	seen := 0
	client := platform.client(t, func(c *graph.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			seen++
			return http.DefaultTransport.RoundTrip(r)
		})}
	})
	require.NoError(t, client.Do(t.Context(), graph.Request{Path: "me"}, nil))
	require.Equal(t, 1, seen)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestContextCarriesTheClient(t *testing.T) {
	t.Parallel()
	require.Nil(t, graph.From(t.Context()))
	client := newPlatform(t, nil).client(t)
	require.Same(t, client, graph.From(graph.With(t.Context(), client)))
}

// body is a reader whose end is an error.
func failing(content string, err error) io.Reader {
	return io.MultiReader(strings.NewReader(content), readerFunc(func([]byte) (int, error) { return 0, err }))
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
