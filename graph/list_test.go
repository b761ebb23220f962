package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

func cursorList(t *testing.T, client *graph.Client) ([]string, error) {
	t.Helper()
	return collect(graph.List[string](t.Context(), client, graph.Request{PageID: page, Path: "me/things", Query: url.Values{"limit": {"2"}}}))
}

// answerParts answers by the cursor that a call asks with.
func answerParts(parts map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answering(200, parts[r.URL.Query().Get("after")])(w, r)
	}
}

func TestListFollowsCursorsAndNeverLinks(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answerParts(map[string]string{
		"":    `{"data":["a","b"],"paging":{"cursors":{"before":"x","after":"A&="},"next":"https://evil.example/?access_token=t&after=Z"}}`,
		"A&=": `{"data":[],"paging":{"cursors":{"after":7},"next":"n"}}`,
		"7":   `{"data":["c"],"paging":{"cursors":{"after":"C"}}}`,
	}))
	things, err := cursorList(t, platform.client(t))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c"}, things)
	var wires []string
	for _, sent := range platform.received(t) {
		wires = append(wires, wireOf(t, sent, ""))
	}
	require.Equal(t, []string{"GET me/things?limit=2", "GET me/things?after=A%26%3D&limit=2", "GET me/things?after=7&limit=2"}, wires)
}

func TestListFetchesWhenItIsComeTo(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answerParts(map[string]string{
		"":  `{"data":["a","b"],"paging":{"cursors":{"after":"A"},"next":"n"}}`,
		"A": `{"data":["c"]}`,
	}))
	list := graph.List[string](t.Context(), platform.client(t), graph.Request{Path: "me/things"})
	require.Empty(t, platform.received(t), "nobody has asked yet")
	for thing, err := range list {
		require.NoError(t, err)
		if thing == "b" {
			break
		}
	}
	require.Len(t, platform.received(t), 1)
	for range 2 {
		again, err := collect(list)
		require.NoError(t, err)
		require.Equal(t, []string{"a", "b", "c"}, again, "every range begins at the front")
	}
}

func TestListLeavesTheCallersQueryAlone(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answerParts(map[string]string{"A": `{"data":[],"paging":{"cursors":{"after":"B"},"next":"n"}}`, "B": `{"data":["b"]}`}))
	query := url.Values{"after": {"A"}}
	things, err := collect(graph.List[string](t.Context(), platform.client(t), graph.Request{Path: "me/things", Query: query}))
	require.NoError(t, err)
	require.Equal(t, []string{"b"}, things)
	require.Equal(t, url.Values{"after": {"A"}}, query)
}

func TestListEnds(t *testing.T) {
	t.Parallel()
	more := func(data, after string) string {
		return `{"data":[` + data + `],"paging":{"cursors":{"after":"` + after + `"},"next":"n"}}`
	}
	tests := map[string]struct {
		parts map[string]string
		want  []string
		calls int
		fails bool
	}{
		"empty":              {map[string]string{"": `{"data":[]}`}, nil, 1, false},
		"cursor, no next":    {map[string]string{"": `{"data":["a"],"paging":{"cursors":{"after":"A"}}}`}, []string{"a"}, 1, false},
		"same cursor":        {map[string]string{"": more(`"a"`, "A"), "A": more(`"b"`, "A")}, []string{"a", "b"}, 2, false},
		"cursors in a ring":  {map[string]string{"": more(`"a"`, "A"), "A": more(`"b"`, "B"), "B": more(`"c"`, "A")}, []string{"a", "b", "c"}, 3, false},
		"strange paging":     {map[string]string{"": `{"data":["a"],"paging":[1]}`}, []string{"a"}, 1, false},
		"next, no cursor":    {map[string]string{"": `{"data":["a"],"paging":{"next":"n"}}`}, []string{"a"}, 1, true},
		"strange cursor":     {map[string]string{"": `{"data":["a"],"paging":{"cursors":{"after":{}},"next":"n"}}`}, []string{"a"}, 1, true},
		"no list":            {map[string]string{"": `{}`}, nil, 1, true},
		"an object":          {map[string]string{"": `{"data":{"a":1}}`}, nil, 1, true},
		"null":               {map[string]string{"": `{"data":null}`}, nil, 1, true},
		"second part broken": {map[string]string{"": more(`"a"`, "A"), "A": `{"data":["b"`}, []string{"a"}, 2, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform := newPlatform(t, answerParts(test.parts))
			things, err := cursorList(t, platform.client(t, func(c *graph.Config) { c.Retries = -1 }))
			require.Equal(t, test.fails, isResponseError(err), "%v", err)
			require.Equal(t, test.fails, err != nil)
			require.Equal(t, test.want, things)
			require.Len(t, platform.received(t), test.calls)
		})
	}
}

func TestListOfNothingIsNotEndless(t *testing.T) {
	t.Parallel()
	calls := 0
	client := newPlatform(t, func(w http.ResponseWriter, r *http.Request) {
		calls++ // one call at a time
		answering(200, fmt.Sprintf(`{"data":[],"paging":{"cursors":{"after":"%d"},"next":"n"}}`, calls))(w, r)
	}).client(t)
	things, err := cursorList(t, client)
	require.True(t, isResponseError(err), "%v", err)
	require.Empty(t, things)
	require.Equal(t, 100, calls)
}

func TestListGoesOnAfterAStrangeElement(t *testing.T) {
	t.Parallel()
	type thing struct{ A, B string }
	client := newPlatform(t, answering(200, `{"data":[{"a":"1"},{"a":"2","b":{}},7,{"a":"3"}]}`)).client(t)
	var got []thing
	strange := 0
	for thing, err := range graph.List[thing](t.Context(), client, graph.Request{Path: "me/things"}) {
		if err != nil {
			require.True(t, isResponseError(err))
			require.Zero(t, thing, "half an element is none")
			strange++
			continue
		}
		got = append(got, thing)
	}
	require.Equal(t, []thing{{A: "1"}, {A: "3"}}, got)
	require.Equal(t, 2, strange)
}

func TestListEndsWithARefusal(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answerParts(map[string]string{
		"":  `{"data":["a"],"paging":{"cursors":{"after":"A"},"next":"n"}}`,
		"A": `{"error":{"code":190,"message":"Error validating ` + token + `"}}`,
	}))
	things, err := cursorList(t, platform.client(t))
	require.Equal(t, []string{"a"}, things)
	require.ErrorIs(t, err, graph.ErrTokenInvalid)
	requireNoCredentials(t, err)
}

func TestListEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	client := newPlatform(t, answering(200, `{"data":["a"],"paging":{"cursors":{"after":"A"},"next":"n"}}`)).client(t)
	var last error
	for _, err := range graph.List[string](ctx, client, graph.Request{Path: "me/things"}) {
		cancel()
		last = err
	}
	require.ErrorIs(t, last, context.Canceled)
}

func TestTypedListSkipsWhatIsNoObject(t *testing.T) {
	t.Parallel()
	client := newPlatform(t, answering(200, `{"data":[null,7,"x",[],{"id":1},{"name":["x"],"id":"2"}]}`)).client(t)
	personas, err := collect(client.Personas(t.Context(), page))
	require.NoError(t, err)
	require.Len(t, personas, 2)
	require.Equal(t, "1", personas[0].ID)
	require.Equal(t, "2", personas[1].ID)
}

func FuzzList(f *testing.F) {
	for _, seed := range []string{
		`{"data":[{"id":"1"},2],"paging":{"cursors":{"after":"A"},"next":"n"}}`, `{"data":[]}`, `{"data":{}}`, `{"data":[1],"paging":{"next":1}}`,
		`{"data":null}`, `{}`, `[]`, `null`, `{"data":[],"paging":{"cursors":{"after":""},"next":"https://x/?access_token=y"}}`, `{"data":[`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		calls := 0
		config := graph.Config{Retries: -1, Tokens: graph.PageToken(token), HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			calls++
			require.NotContains(t, r.URL.RawQuery, url.QueryEscape(token))
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(body))}, nil
		})}}
		client, err := graph.New(config)
		require.NoError(t, err)
		elements, err := collect(graph.List[json.RawMessage](t.Context(), client, graph.Request{Path: "me/things"}))
		require.LessOrEqual(t, calls, 2, "the same answer has the same cursor")
		if err != nil {
			require.NotContains(t, err.Error(), token)
			graph.Classify(err)
		}
		for _, element := range elements {
			require.True(t, json.Valid(element))
		}
		for persona, err := range client.Personas(t.Context(), page) {
			require.True(t, err != nil || strings.HasPrefix(string(persona.Raw), "{"))
		}
		var refused *graph.RequestError
		require.NotErrorAs(t, err, &refused)
	})
}
