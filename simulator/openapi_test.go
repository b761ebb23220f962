package simulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/djmessenger/messenger/simulator"
)

// described is openapi.yaml, read once.
var described = sync.OnceValue(func() openapiFile {
	var f openapiFile
	if err := yaml.Unmarshal(must(os.ReadFile("openapi.yaml")), &f); err != nil {
		panic(err)
	}
	return f
})

type openapiFile struct {
	Paths      map[string]pathItem
	Components struct {
		Parameters map[string]parameter
		Responses  map[string]response
		Schemas    map[string]*schema
	}
}

type pathItem struct {
	Parameters                    []parameter
	Get, Post, Put, Patch, Delete *operation
}

func (p pathItem) operations() map[string]*operation {
	all := map[string]*operation{"GET": p.Get, "POST": p.Post, "PUT": p.Put, "PATCH": p.Patch, "DELETE": p.Delete}
	maps.DeleteFunc(all, func(_ string, op *operation) bool { return op == nil })
	return all
}

type operation struct {
	ID          string `yaml:"operationId"`
	Tags        []string
	Parameters  []parameter
	RequestBody *struct{ Content map[string]media } `yaml:"requestBody"`
	Responses   map[string]response
}

type parameter struct {
	Ref      string `yaml:"$ref"`
	Name, In string
	Schema   *schema
}

type response struct {
	Ref     string `yaml:"$ref"`
	Content map[string]media
}

type media struct{ Schema *schema }

// operationFor finds what the file says of a request.
func (f openapiFile) operationFor(method, path string) *operation {
	var found *operation
	best := -1
	for template, item := range f.Paths {
		parts, want := strings.Split(path, "/"), strings.Split(template, "/")
		literal := 0
		fits := len(parts) == len(want)
		for i := 0; fits && i < len(parts); i++ {
			variable := strings.HasPrefix(want[i], "{")
			fits = variable && parts[i] != "" || want[i] == parts[i]
			if !variable {
				literal++
			}
		}
		if fits && literal > best {
			found, best = item.operations()[method], literal
		}
	}
	return found
}

// checkAnswer says what of an exchange the file does not say.
func (f openapiFile) checkAnswer(r *http.Request, body []byte, status int, kind string, answer []byte) (wrong []string) {
	path := strings.TrimPrefix(r.URL.Path, "/base")
	switch {
	case status/100 == 3:
		return nil
	case status == http.StatusForbidden, status == http.StatusMethodNotAllowed: // of every route
		return f.checkJSON(f.Components.Schemas["Refused"], answer, "answer")
	}
	op := f.operationFor(r.Method, path)
	if op == nil {
		if status == http.StatusNotFound {
			return nil
		}
		return []string{"no such operation"}
	}
	resp, ok := op.Responses[fmt.Sprint(status)]
	if !ok {
		resp, ok = op.Responses["default"]
	}
	if ref := strings.TrimPrefix(resp.Ref, "#/components/responses/"); ref != "" {
		resp = f.Components.Responses[ref]
	}
	if !ok && status >= 400 { // a parameter that is unknown, anywhere
		resp, ok = f.Components.Responses["Refused"], true
	}
	if !ok {
		return []string{fmt.Sprintf("no answer with the status %d", status)}
	}
	if len(resp.Content) > 0 {
		m, ok := resp.Content[kind]
		if !ok {
			return []string{fmt.Sprintf("no answer of the type %q", kind)}
		}
		if kind == "application/json" {
			wrong = f.checkJSON(m.Schema, answer, "answer")
		}
	}
	if op.RequestBody != nil && status == http.StatusOK {
		if m, ok := op.RequestBody.Content["application/json"]; ok {
			wrong = append(wrong, f.checkJSON(m.Schema, body, "request")...)
		}
	}
	return wrong
}

// checked serves a simulator and fails the test if an answer of the control API is not what openapi.yaml says.
func checked(t *testing.T, next http.Handler) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/base/simulator") {
			next.ServeHTTP(w, r)
			return
		}
		var body bytes.Buffer
		if r.Header.Get("Content-Type") == "application/json" && r.ContentLength < 1<<20 {
			_, _ = body.ReadFrom(r.Body)
			r.Body = struct {
				*bytes.Reader
				closer
			}{bytes.NewReader(body.Bytes()), closer{}}
		}
		seen := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		kind, _, _ := mime.ParseMediaType(w.Header().Get("Content-Type"))
		for _, wrong := range described().checkAnswer(r, body.Bytes(), seen.status, kind, seen.body.Bytes()) {
			assert.Fail(t, "openapi.yaml is not true", "%s %s: %s\n%s", r.Method, r.URL.Path, wrong, seen.body.String())
		}
	})
}

type closer struct{}

func (closer) Close() error { return nil }

// recorder passes an answer on and keeps it, if it is JSON.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(data []byte) (int, error) {
	if r.Header().Get("Content-Type") == "application/json" {
		r.body.Write(data)
	}
	return r.ResponseWriter.Write(data)
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// TestTheFileHasEveryRoute, and every operation in the file is a route.
func TestTheFileHasEveryRoute(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	var inFile []string
	ids := map[string]bool{}
	for path, item := range described().Paths {
		for method, op := range item.operations() {
			inFile = append(inFile, method+" "+path)
			require.NotEmpty(t, op.ID, path)
			require.False(t, ids[op.ID], "two operations are named %s", op.ID)
			ids[op.ID] = true
			require.Len(t, op.Tags, 1, op.ID)
		}
	}
	routed := p.Routes()
	for i := range routed {
		routed[i] = strings.TrimSuffix(routed[i], "{$}")
	}
	require.ElementsMatch(t, routed, inFile)
	require.Equal(t, string(must(os.ReadFile("openapi.yaml"))), p.ok(t, "GET", "/simulator/openapi.yaml", ""))
	require.JSONEq(t, `{"name":"messenger simulator","api":1,"graph":"v27.0","default_app_secret":true,"default_verify_token":true}`, p.ok(t, "GET", "/simulator/", ""))
}

// filled is the path of an operation with something for each variable.
func filled(path string) string {
	for name, value := range map[string]string{"{psid}": ada, "{page}": page, "{parent}": "1_1", "{id}": "1", "{name}": "x", "{seq}": "1", "{kind}": "postback", "{file}": "app.js"} {
		path = strings.ReplaceAll(path, name, value)
	}
	return path
}

// TestUnknownFieldsAreRefused: of each body and of each query, with the name of the field.
func TestUnknownFieldsAreRefused(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for path, item := range described().Paths {
		if !strings.HasPrefix(path, "/simulator/") || strings.HasPrefix(path, "/simulator/ui/") {
			continue
		}
		for method, op := range item.operations() {
			body := ""
			if op.RequestBody != nil {
				body = `{}`
			}
			a := p.do(t, method, filled(path)+"?nosuch=1", body)
			requireRefused(t, a, 400, "unknown_field", op.ID)
			require.Contains(t, message(t, a), `no parameter "nosuch"`)
			if op.RequestBody == nil {
				continue
			}
			if _, ok := op.RequestBody.Content["application/json"]; ok {
				a := p.do(t, method, filled(path), `{"nosuch":1}`)
				requireRefused(t, a, 400, "unknown_field", op.ID)
				require.Contains(t, string(a.body), `"field":"nosuch"`, op.ID)
			}
		}
	}
}

// TestRefusalsOfTheAPI: each has a status and a code for programs, and what helps beside the words.
func TestRefusalsOfTheAPI(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	p.ok(t, "POST", "/simulator/people/"+ada+"/acts", `{"type":"say","text":"hi"}`)
	p.sendMessage(t, ada, `{"text":"t","quick_replies":[{"content_type":"text","title":"Red","payload":"R"}]}`)
	for _, c := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"POST", "/simulator/people", `{"id":"` + ada + `","first_name":"Eve"}`, 409, "taken"},
		{"POST", "/simulator/people", `{"first_name":"Eve","page_id":"4711"}`, 404, "no_such_page"},
		{"POST", "/simulator/people", `{"first_name":"Eve"} {"first_name":"Bo"}`, 400, "bad_request"},
		{"POST", "/simulator/people", `{"first_name":["Eve"]}`, 400, "bad_request"},
		{"POST", "/simulator/people", `{"first_name":"` + strings.Repeat("x", 2<<20) + `"}`, 413, "too_large"},
		{"POST", "/simulator/pages", `{"id":"` + page + `"}`, 409, "taken"},
		{"DELETE", "/simulator/pages/4711", "", 404, "no_such_page"},
		{"POST", "/simulator/people/4711/acts", `{"type":"say","text":"hi"}`, 404, "no_such_person"},
		{"POST", "/simulator/people/" + ada + "/acts", `{"type":"quick_reply","title":"Blue"}`, 400, "not_offered"},
		{"GET", "/simulator/people/" + ada + "/wait?timeout=0s&contains=x", "", 404, "timeout"},
		{"GET", "/simulator/people/" + ada + "/wait?after=m_x", "", 404, "no_such_message"},
		{"POST", "/simulator/verify", `{}`, 502, "bot_failed"},
		{"GET", "/simulator/nothing", "", 404, "no_such_route"},
		{"PUT", "/simulator/state", "", 405, "method_not_allowed"},
		{"GET", "/simulator/files/1/x", "", 404, "no_such_file"},
		{"GET", "/simulator/pictures/1", "", 404, "no_such_person"},
		{"POST", "/simulator/people/" + ada + "/thread", `{"do":"release","by":"4711"}`, 409, "not_owner"},
	} {
		requireRefused(t, p.do(t, c.method, c.path, c.body), c.status, c.code, c.method+" "+c.path)
	}
	got := p.do(t, "POST", "/simulator/people/"+ada+"/acts", `{"type":"quick_reply","title":"Blue"}`)
	require.Contains(t, string(got.body), `"offered":[{"where":"quick reply","type":"text","title":"Red","payload":"R"}]`)
	got = p.do(t, "GET", "/simulator/people/"+ada+"/wait?timeout=0s&contains=x", "")
	var waited struct{ Conversation string }
	require.NoError(t, json.Unmarshal(got.body, &waited))
	require.Regexp(t, `^  \S+ person  hi\n  \S+ page    t$`, waited.Conversation)
	got = p.do(t, "PUT", "/simulator/state", "")
	require.Equal(t, "GET", got.header.Get("Allow"))
	a, err := p.try(t.Context(), "POST", "/simulator/people", "text/plain", []byte(`{}`))
	require.NoError(t, err)
	requireRefused(t, a, 415, "not_json", "text")
	require.NoError(t, p.Close())
	requireRefused(t, p.do(t, "POST", "/simulator/people", `{"first_name":"Eve"}`), 503, "closed", "closed")
}

func requireRefused(t *testing.T, a answer, status int, code, what string) {
	t.Helper()
	var e struct{ Error, Code string }
	require.NoError(t, json.Unmarshal(a.body, &e), "%s: %s", what, a.body)
	require.NotEmpty(t, e.Error, what)
	require.Equal(t, fmt.Sprint(status, " ", code), fmt.Sprint(a.status, " ", e.Code), "%s: %s", what, a.body)
}

// TestTheCheckerFindsWhatIsWrong: a check that cannot fail would hold nothing.
func TestTheCheckerFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	f := described()
	for _, c := range []struct{ path, body, want string }{
		{"/simulator/clock", `{"now":"2030-01-01T00:00:00Z","frozen":true}`, ""},
		{"/simulator/clock", `{"frozen":true}`, "answer: now is missing"},
		{"/simulator/clock", `{"now":1,"frozen":true}`, "answer.now: not string"},
		{"/simulator/clock", `{"now":"2030-01-01T00:00:00Z","frozen":true,"later":1}`, "answer.later: the file does not have it"},
		{"/simulator/clock", `{"now":"yesterday","frozen":true}`, "answer.now: no date-time"},
		{"/simulator/people", `[{"id":"1","first_name":"x"},{"id":1}]`, "answer[1].id: not string"},
		{"/simulator/", `{"name":"x","api":2,"graph":"v1.0"}`, "answer.api: 2 is none of [1]"},
		{"/simulator/log", `[{"seq":1.5,"time":"2030-01-01T00:00:00Z","kind":"call","name":"x","duration_ms":1}]`, "answer[0].seq: not integer"},
	} {
		r := httptest.NewRequest("GET", "/base"+c.path, nil)
		got := f.checkAnswer(r, nil, 200, "application/json", []byte(c.body))
		require.Equal(t, c.want, strings.Join(got, "; "), c.body)
	}
	require.NotEmpty(t, f.checkAnswer(httptest.NewRequest("GET", "/base/simulator/clock", nil), nil, 200, "text/html", nil))
	require.NotEmpty(t, f.checkAnswer(httptest.NewRequest("GET", "/base/simulator/none", nil), nil, 200, "", nil))
}
