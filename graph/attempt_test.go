package graph_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// outcome is how a transport ends an attempt.
type outcome func(*http.Request) (*http.Response, error)

func answers(status int, body string) outcome {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

// refuses is an answer with an error in it.
func refuses(status, code int, more string) outcome {
	return answers(status, fmt.Sprintf(`{"error":{"code":%d%s}}`, code, more))
}

// unconnected is a transport that got no connection, and says so.
func unconnected(r *http.Request) (*http.Response, error) {
	httptrace.ContextClientTrace(r.Context()).GetConn("graph.facebook.com:443")
	return nil, errors.New("no connection")
}

// lost is a transport whose failed calls have an unknown outcome.
func lost(*http.Request) (*http.Response, error) { return nil, errors.New("lost") }

// script is a transport that ends one attempt after the other, the last outcome for all that follow, and keeps the times
// and the requests.
type script struct {
	outcomes []outcome
	bodies   []string
	headers  []http.Header
	times    []time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		content, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(content)
	}
	s.bodies, s.headers, s.times = append(s.bodies, body), append(s.headers, r.Header.Clone()), append(s.times, time.Now())
	return s.outcomes[min(len(s.times), len(s.outcomes))-1](r)
}

func (s *script) client(t *testing.T, changes ...func(*graph.Config)) *graph.Client {
	t.Helper()
	config := graph.Config{
		AppSecret:  func(string) secret.Value { return secret.New(appSecret) },
		HTTPClient: &http.Client{Transport: s},
		Tokens:     graph.PageToken(token),
	}
	for _, change := range changes {
		change(&config)
	}
	client, err := graph.New(config)
	require.NoError(t, err)
	return client
}

func TestCallsAreMadeAgainOnlyWhenNothingCanBeDoubled(t *testing.T) {
	t.Parallel()
	const transient = `,"is_transient":true`
	tests := map[string]struct {
		outcome       outcome
		reads, writes int // attempts
		class         graph.Retry
	}{
		"no connection":            {unconnected, 3, 3, graph.RetrySafe},
		"temporary fault":          {refuses(500, 2, transient), 3, 3, graph.RetryLater},
		"temporary fault, 400":     {refuses(400, 2, ""), 3, 3, graph.RetryLater},
		"unknown outcome":          {lost, 3, 1, graph.RetryUncertain},
		"unknown fault":            {refuses(400, 1, ""), 3, 1, graph.RetryUncertain},
		"may have been sent":       {refuses(400, 1, `,"error_subcode":1357046`), 3, 1, graph.RetryUncertain},
		"unknown code, transient":  {refuses(400, 424242, transient), 3, 1, graph.RetryUncertain},
		"unknown code, 503":        {refuses(503, 424242, ""), 3, 1, graph.RetryUncertain},
		"page of a gateway":        {answers(502, "<html>"), 3, 1, graph.RetryUncertain},
		"gateway timeout":          {answers(504, ""), 3, 1, graph.RetryUncertain},
		"half a JSON text":         {answers(200, `{"a":`), 3, 1, graph.RetryUncertain},
		"send failure, transient":  {refuses(400, 1200, transient), 3, 1, graph.RetryLater},
		"send failure, 503":        {refuses(503, 1200, ""), 3, 1, graph.RetryLater},
		"send failure":             {refuses(400, 1200, ""), 1, 1, graph.RetryLater},
		"media not fetched":        {refuses(400, 100, `,"error_subcode":2018008`), 1, 1, graph.RetryLater},
		"throttle of the app":      {refuses(403, 4, transient), 1, 1, graph.RetryLater},
		"throttle of the user":     {refuses(400, 17, ""), 1, 1, graph.RetryLater},
		"throttle of the page":     {refuses(503, 32, ""), 1, 1, graph.RetryLater},
		"throttle 341":             {refuses(400, 341, ""), 1, 1, graph.RetryLater},
		"throttle 613":             {refuses(400, 613, transient), 1, 1, graph.RetryLater},
		"throttle of Messenger":    {refuses(400, 80006, transient), 1, 1, graph.RetryLater},
		"throttle of a proxy":      {answers(429, "slow down"), 1, 1, graph.RetryLater},
		"throttle of unknown code": {refuses(429, 424242, transient), 1, 1, graph.RetryLater},
		"terms not accepted":       {refuses(400, 2, `,"error_subcode":2018344`), 1, 1, graph.RetryNever},
		"known code, transient":    {refuses(500, 100, transient), 1, 1, graph.RetryNever},
		"permission":               {refuses(403, 10, ""), 1, 1, graph.RetryNever},
		"token":                    {refuses(401, 190, transient), 1, 1, graph.RetryNewToken},
		"not found":                {answers(404, "<html>"), 1, 1, graph.RetryNever},
		"redirect":                 {answers(302, ""), 1, 1, graph.RetryNever},
		"granted":                  {answers(200, `{}`), 1, 1, -1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, method := range []string{"", "GET", "POST", "DELETE", "PUT", "get"} {
				synctest.Test(t, func(t *testing.T) {
					s := &script{outcomes: []outcome{test.outcome}}
					err := s.client(t).Do(t.Context(), graph.Request{Method: method, Path: "me"}, nil)
					want := test.writes
					if method == "" || method == "GET" {
						want = test.reads
					}
					require.Len(t, s.times, want, method)
					if test.class < 0 {
						require.NoError(t, err)
						return
					}
					require.Equal(t, test.class, graph.Classify(err), "%v", err)

					once := &script{outcomes: []outcome{test.outcome}}
					err = once.client(t).Do(t.Context(), graph.Request{Method: method, Once: true, Path: "me"}, nil)
					require.Len(t, once.times, 1, method)
					require.Equal(t, test.class, graph.Classify(err))
				})
			}
		})
	}
}

func TestAnswerOfALaterAttemptCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out struct{ ID string }
		s := &script{outcomes: []outcome{unconnected, refuses(500, 2, ""), answers(200, `{"id":"7"}`)}}
		require.NoError(t, s.client(t).Do(t.Context(), graph.Request{Body: map[string]int{"a": 1}, Method: "POST", Path: "me"}, &out))
		require.Equal(t, "7", out.ID)
		require.Equal(t, []string{`{"a":1}`, `{"a":1}`, `{"a":1}`}, s.bodies, "each attempt has the whole body")

		s = &script{outcomes: []outcome{lost, refuses(400, 1, ""), refuses(400, 10, "")}}
		err := s.client(t).Do(t.Context(), graph.Request{Path: "me"}, nil)
		require.ErrorIs(t, err, graph.ErrPermission, "the error is that of the last attempt")
		require.Equal(t, graph.RetryNever, graph.Classify(err))

		s = &script{outcomes: []outcome{unconnected, lost}}
		err = s.client(t).Do(t.Context(), graph.Request{Method: "POST", Path: "me"}, nil)
		require.Equal(t, graph.RetryUncertain, graph.Classify(err))
		require.Len(t, s.times, 2, "no attempt follows one with unknown outcome")
	})
}

func TestSendsUploadsAndProfilesAreTriedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, end := range []outcome{unconnected, lost, refuses(500, 2, "")} {
			s := &script{outcomes: []outcome{end}}
			client := s.client(t)
			require.Error(t, send(t.Context(), client))
			require.Len(t, s.times, 1)
			_, err := upload(t.Context(), client, strings.NewReader("x"))
			require.Error(t, err)
			require.Len(t, s.times, 2)
			_, err = client.Profile(t.Context(), page, "9")
			require.Error(t, err)
			require.Len(t, s.times, 3)
		}
	})
}

func TestRetriesAreCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for retries, want := range map[int]int{-1: 1, -7: 1, 0: 3, 1: 2, 5: 6} {
			s := &script{outcomes: []outcome{lost}}
			client := s.client(t, func(c *graph.Config) { c.Retries = retries })
			require.Error(t, client.Do(t.Context(), graph.Request{Path: "me"}, nil))
			require.Len(t, s.times, want, retries)
		}
	})
}

func TestPausesDoubleWithinAQuarter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := map[time.Duration]bool{}
		for range 5 {
			s := &script{outcomes: []outcome{lost}}
			client := s.client(t, func(c *graph.Config) { c.Retries = 30 })
			require.Error(t, client.Do(t.Context(), graph.Request{Path: "me"}, nil))
			middle := 200 * time.Millisecond
			for i := range 30 {
				pause := s.times[i+1].Sub(s.times[i])
				require.GreaterOrEqual(t, pause, middle*3/4, i)
				require.LessOrEqual(t, pause, middle*5/4, i)
				middle = min(2*middle, 10*time.Second)
				seen[pause] = true
			}
		}
		require.Greater(t, len(seen), 100, "pauses differ")
	})
}

func TestContextEndsThePause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{outcomes: []outcome{refuses(500, 2, "")}}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		start := time.Now()
		err := s.client(t).Do(ctx, graph.Request{Path: "me"}, nil)
		require.Equal(t, 100*time.Millisecond, time.Since(start))
		require.Equal(t, graph.RetryLater, graph.Classify(err), "the last attempt's error tells more than that of the context")
		require.Len(t, s.times, 1)

		ctx, cancel = context.WithTimeout(t.Context(), 140*time.Millisecond)
		defer cancel()
		start = time.Now()
		require.Error(t, s.client(t).Do(ctx, graph.Request{Path: "me"}, nil))
		require.Zero(t, time.Since(start), "no pause that the context would not outlive")
		require.Len(t, s.times, 2)
	})
}

func TestTimeoutBoundsEachAttempt(t *testing.T) {
	t.Parallel()
	stalls := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	synctest.Test(t, func(t *testing.T) {
		s := &script{outcomes: []outcome{stalls, stalls, answers(200, `{}`)}}
		start := time.Now()
		client := s.client(t, func(c *graph.Config) { c.Timeout = time.Second })
		require.NoError(t, client.Do(t.Context(), graph.Request{Path: "me"}, nil))
		require.InDelta(t, 2.6, time.Since(start).Seconds(), 0.15)

		s = &script{outcomes: []outcome{stalls}}
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		start = time.Now()
		client = s.client(t, func(c *graph.Config) { c.Timeout = time.Second })
		require.ErrorIs(t, client.Do(ctx, graph.Request{Path: "me"}, nil), context.DeadlineExceeded)
		require.Equal(t, 1500*time.Millisecond, time.Since(start), "the context bounds them all")
		require.Len(t, s.times, 2)
	})
}

func TestTokenIsAskedAnewForEveryAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		s := &script{outcomes: []outcome{refuses(500, 2, ""), answers(200, `{}`)}}
		client := s.client(t, func(c *graph.Config) {
			c.Tokens = graph.TokenFunc(func(context.Context, string) (secret.Value, error) {
				if asked++; asked == 1 {
					return secret.Value{}, errors.New("the vault is sealed")
				}
				return secret.New(fmt.Sprint("token", asked)), nil
			})
		})
		require.NoError(t, client.Do(t.Context(), graph.Request{Method: "POST", Path: "me"}, nil))
		require.Equal(t, 3, asked, "a source that failed is asked again: nothing was sent")
		require.Equal(t, "Bearer token2", s.headers[0].Get("Authorization"))
		require.Equal(t, "Bearer token3", s.headers[1].Get("Authorization"))
	})
}

func TestReadsOutlastABrokenPlatform(t *testing.T) {
	t.Parallel()
	calls := 0
	platform := newPlatform(t, func(w http.ResponseWriter, r *http.Request) {
		switch calls++; calls {
		case 1:
			hijack(t, "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"id\"", false)(w, r)
		case 2:
			answering(502, "<html>")(w, r)
		default:
			answering(200, `{"id":"7"}`)(w, r)
		}
	})
	var out struct{ ID string }
	require.NoError(t, platform.client(t).Do(t.Context(), graph.Request{PageID: page, Path: "me"}, &out))
	require.Equal(t, "7", out.ID)
	received := platform.received(t)
	require.Len(t, received, 3)
	for _, call := range received {
		require.Equal(t, "/prefix/v27.0/me?appsecret_proof="+proof, call.uri)
		require.Equal(t, "Bearer "+token, call.header.Get("Authorization"))
	}
}

func TestWrongShapeIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answering(200, `[]`))
	var out struct{}
	require.Error(t, platform.client(t).Do(t.Context(), graph.Request{Path: "me"}, &out))
	platform.only(t)
}
