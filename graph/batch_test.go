package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// asks returns n requests, each for a path of its own.
func asks(n int) []graph.Request {
	requests := make([]graph.Request, n)
	for i := range requests {
		requests[i] = graph.Request{Path: fmt.Sprint("p", i)}
	}
	return requests
}

// batchOf reads the form of a call of the batch API.
func batchOf(t *testing.T, body string) []map[string]any {
	t.Helper()
	form, err := url.ParseQuery(body)
	require.NoError(t, err)
	require.Len(t, form, 2)
	require.Equal(t, "false", form.Get("include_headers"))
	var parts []map[string]any
	require.NoError(t, json.Unmarshal([]byte(form.Get("batch")), &parts))
	return parts
}

// echo answers every request of a batch with its own URL.
func echo(t *testing.T, body string) string {
	t.Helper()
	var list []map[string]any
	for _, part := range batchOf(t, body) {
		content, err := json.Marshal(map[string]any{"asked": part["relative_url"]})
		require.NoError(t, err)
		list = append(list, map[string]any{"code": 200, "body": string(content)})
	}
	content, err := json.Marshal(list)
	require.NoError(t, err)
	return string(content)
}

func TestBatchIsOneCall(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answering(200, `[{"code":200,"body":"{\"id\": \"9\"}"},{"code":200,"headers":[],"body":"[]"}]`))
	answers, err := platform.client(t).Batch(t.Context(), page,
		graph.Request{Path: "/a%2Fb/c%20d", Query: url.Values{"fields": {"id,name"}, "q": {"é&"}}},
		graph.Request{Method: "GET", PageID: page, Path: "me"})
	require.NoError(t, err)
	require.Equal(t, []graph.BatchAnswer{{Body: json.RawMessage(`{"id": "9"}`)}, {Body: json.RawMessage(`[]`)}}, answers)

	sent := platform.only(t)
	require.Equal(t, "POST /prefix/v27.0/?appsecret_proof="+proof, sent.method+" "+sent.uri)
	require.Equal(t, "Bearer "+token, sent.header.Get("Authorization"))
	require.Equal(t, "application/x-www-form-urlencoded", sent.header.Get("Content-Type"))
	require.Equal(t, []map[string]any{
		{"method": "GET", "relative_url": "a%2Fb/c%20d?fields=id%2Cname&q=%C3%A9%26"},
		{"method": "GET", "relative_url": "me"},
	}, batchOf(t, sent.body))
	require.NotContains(t, sent.body, url.QueryEscape(token))
	require.NotContains(t, sent.body, proof)
}

func TestBatchIsSplitIntoCallsOfFifty(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][]int{0: nil, 1: {1}, 50: {50}, 51: {50, 1}, 120: {50, 50, 20}} {
		s := &script{}
		s.outcomes = []outcome{func(r *http.Request) (*http.Response, error) {
			return answers(200, echo(t, s.bodies[len(s.bodies)-1]))(r)
		}}
		answers, err := s.client(t).Batch(t.Context(), page, asks(n)...)
		require.NoError(t, err)
		require.Len(t, answers, n)
		for i, answer := range answers {
			require.NoError(t, answer.Err)
			require.JSONEq(t, fmt.Sprintf(`{"asked":"p%d"}`, i), string(answer.Body))
		}
		var sizes []int
		for _, body := range s.bodies {
			sizes = append(sizes, len(batchOf(t, body)))
		}
		require.Equal(t, want, sizes)
	}
}

func TestBatchTakesReadsOnly(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, nil)
	client := platform.client(t)
	for name, request := range map[string]graph.Request{
		"post":           {Method: "POST", Path: "me/messages"},
		"delete":         {Method: "DELETE", Path: "me"},
		"lower case":     {Method: "get", Path: "me"},
		"body":           {Path: "me", Body: []byte(`{}`)},
		"token":          {Path: "me", Token: secret.New(token)},
		"page":           {Path: "me", PageID: "another"},
		"no path":        {},
		"query in path":  {Path: "me?access_token=" + token},
		"token in query": {Path: "me", Query: url.Values{"access_token": {token}}},
		"up":             {Path: "../v1.0/me"},
	} {
		answers, err := client.Batch(t.Context(), page, graph.Request{Path: "me"}, request)
		require.Nil(t, answers, name)
		var refused *graph.RequestError
		require.ErrorAs(t, err, &refused, name)
		require.ErrorContains(t, err, "request 1", name)
		requireNoCredentials(t, err)
	}
	require.Empty(t, platform.received(t))
}

func TestBatchReadsEachAnswerForItself(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer string // to the first of two requests
		body   string // "": an error
		class  graph.Retry
		want   error
	}{
		"granted":            {`{"code":200,"body":"{\"id\":\"9\"}"}`, `{"id":"9"}`, 0, nil},
		"bare true":          {`{"code":200,"body":"true"}`, `true`, 0, nil},
		"body as JSON":       {`{"code":200,"body":{"id":"9"}}`, `{"id":"9"}`, 0, nil},
		"body as array":      {`{"code":200,"body":[1]}`, `[1]`, 0, nil},
		"code as word":       {`{"code":"200","body":"{}"}`, `{}`, 0, nil},
		"no code":            {`{"body":"{}"}`, `{}`, 0, nil},
		"strange code":       {`{"code":{},"body":"{}"}`, `{}`, 0, nil},
		"refused":            {`{"code":400,"body":"{\"error\":{\"code\":10,\"error_subcode\":2018278}}"}`, "", graph.RetryNever, graph.ErrOutsideWindow},
		"refused with 200":   {`{"code":200,"body":"{\"error\":{\"code\":80006}}"}`, "", graph.RetryLater, graph.ErrRateLimited},
		"refused, bare":      {`{"code":"401","body":{"error":{"code":190}}}`, "", graph.RetryNewToken, graph.ErrTokenInvalid},
		"unanswered":         {`null`, "", graph.RetryUncertain, nil},
		"server error":       {`{"code":500,"body":"<html>secretly"}`, "", graph.RetryUncertain, nil},
		"not found":          {`{"code":404,"body":"{}"}`, "", graph.RetryNever, nil},
		"code below nothing": {`{"code":-1,"body":"{}"}`, "", graph.RetryUncertain, nil},
		"no body":            {`{"code":200}`, "", graph.RetryUncertain, nil},
		"null body":          {`{"code":200,"body":null}`, "", graph.RetryUncertain, nil},
		"half a body":        {`{"code":200,"body":"{\"a\":"}`, "", graph.RetryUncertain, nil},
		"text":               {`"secretly"`, "", graph.RetryUncertain, nil},
		"number":             {`7`, "", graph.RetryUncertain, nil},
		"array":              {`[]`, "", graph.RetryUncertain, nil},
		"empty object":       {`{}`, "", graph.RetryUncertain, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newPlatform(t, answering(200, `[`+test.answer+`,{"code":200,"body":"7"}]`)).client(t)
			answers, err := client.Batch(t.Context(), page, asks(2)...)
			require.NoError(t, err)
			require.Len(t, answers, 2)
			require.Equal(t, graph.BatchAnswer{Body: json.RawMessage(`7`)}, answers[1], "costs its neighbour nothing")
			require.Equal(t, test.body, string(answers[0].Body))
			if test.body != "" {
				require.NoError(t, answers[0].Err)
				return
			}
			require.Equal(t, test.class, graph.Classify(answers[0].Err), "%v", answers[0].Err)
			require.NotContains(t, answers[0].Err.Error(), "secretly")
			if test.want != nil {
				require.ErrorIs(t, answers[0].Err, test.want)
			}
			if unusable, ok := errors.AsType[*graph.ResponseError](answers[0].Err); ok {
				require.Equal(t, "GET p0", unusable.Method+" "+unusable.Path)
			}
		})
	}
}

func TestBatchWithAnotherNumberOfAnswers(t *testing.T) {
	t.Parallel()
	for body, granted := range map[string]int{
		`[]`: 0, `[{"code":200,"body":"7"}]`: 1, `[{"code":200,"body":"7"},{"code":200,"body":"7"},{"code":200,"body":"7"},null]`: 2,
	} {
		answers, err := newPlatform(t, answering(200, body)).client(t).Batch(t.Context(), page, asks(2)...)
		require.NoError(t, err)
		require.Len(t, answers, 2)
		for i, answer := range answers {
			if i < granted {
				require.Equal(t, graph.BatchAnswer{Body: json.RawMessage(`7`)}, answer)
				continue
			}
			require.Equal(t, graph.RetryUncertain, graph.Classify(answer.Err), body)
		}
	}
}

func TestBatchThatFailsAsAWhole(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end   outcome
		calls int
		class graph.Retry
	}{
		"throttle":        {refuses(400, 4, ""), 1, graph.RetryLater},
		"token":           {refuses(401, 190, ""), 1, graph.RetryNewToken},
		"no list":         {answers(200, `{"data":[]}`), 1, graph.RetryUncertain},
		"null":            {answers(200, `null`), 1, graph.RetryUncertain},
		"unknown outcome": {lost, 3, graph.RetryUncertain},
		"unknown fault":   {refuses(400, 1, ""), 3, graph.RetryUncertain},
		"no connection":   {unconnected, 3, graph.RetrySafe},
		"over the cap":    {answers(200, `["`+strings.Repeat("x", graph.MaxBatchResponseBytes)+`"]`), 3, graph.RetryUncertain},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				first := func(r *http.Request) (*http.Response, error) {
					return answers(200, `[null,{"code":200,"body":"7"}]`)(r)
				}
				s := &script{outcomes: []outcome{first, test.end}}
				answers, err := s.client(t).Batch(t.Context(), page, asks(120)...)
				require.Equal(t, test.class, graph.Classify(err))
				require.Len(t, s.times, 1+test.calls, "reads are made again like a GET, and no more calls after that")
				require.Len(t, answers, 120)
				require.Equal(t, graph.BatchAnswer{Body: json.RawMessage(`7`)}, answers[1], "what came before is kept")
				for _, answer := range answers[50:] {
					require.Equal(t, graph.BatchAnswer{Err: err}, answer)
				}
			})
		})
	}
}

func TestBatchWithOnceIsTriedOnce(t *testing.T) {
	t.Parallel()
	s := &script{outcomes: []outcome{lost}}
	_, err := s.client(t).Batch(t.Context(), page, graph.Request{Path: "me"}, graph.Request{Once: true, Path: "me"})
	require.Error(t, err)
	require.Len(t, s.times, 1)
}

func TestBatchMayBeLargerThanOtherAnswers(t *testing.T) {
	t.Parallel()
	s := &script{outcomes: []outcome{answers(200, `[{"code":200,"body":["`+strings.Repeat("x", graph.MaxResponseBytes)+`"]}]`)}}
	answers, err := s.client(t).Batch(t.Context(), page, asks(1)...)
	require.NoError(t, err)
	require.NoError(t, answers[0].Err)
}

func TestBatchEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	platform := newPlatform(t, nil)
	_, err := platform.client(t).Batch(ctx, page, asks(1)...)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, platform.received(t))
}

func TestBatchTellsOfUsage(t *testing.T) {
	t.Parallel()
	client := newPlatform(t, telling(200, `[null]`, appUsage, `{"call_count":7}`)).client(t)
	_, err := client.Batch(t.Context(), page, asks(1)...)
	require.NoError(t, err)
	require.InDelta(t, 7, client.Usage(page).Percent(), 0)
}

func FuzzBatchAnswer(f *testing.F) {
	for _, seed := range []string{
		`[{"code":200,"body":"{}"},null]`, `[]`, `{}`, `null`, `[[],7]`, `[{"code":"x","body":{"error":{"code":4}}}]`, `[{"body":"\ud800"}]`, `[{"code":200,"body":"{\"error\":1}"}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s := &script{outcomes: []outcome{answers(200, string(body))}}
		found, err := s.client(t, func(c *graph.Config) { c.Retries = -1 }).Batch(t.Context(), page, asks(2)...)
		require.Len(t, found, 2)
		for _, answer := range found {
			if answer.Err == nil {
				require.NoError(t, err)
				require.True(t, json.Valid(answer.Body))
				continue
			}
			require.Empty(t, answer.Body)
			graph.Classify(answer.Err)
		}
	})
}
