package operations_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/djmessenger/messenger/operations"
)

// openapi is openapi.yaml. Objects with listed properties are closed, so that the file has all that answers have.
type openapi struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
	mu       sync.Mutex
}

const docURL = "https://example.org/openapi.json"

var described = sync.OnceValue(func() *openapi {
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		panic(err)
	}
	var raw any
	if err := yaml.Unmarshal(text, &raw); err != nil {
		panic(err)
	}
	data, err := json.Marshal(raw)
	if err != nil {
		panic(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	closeObjects(doc)
	f := &openapi{doc: doc.(map[string]any), compiler: jsonschema.NewCompiler()}
	f.compiler.DefaultDraft(jsonschema.Draft2020)
	f.compiler.AssertFormat()
	if err := f.compiler.AddResource(docURL, doc); err != nil {
		panic(err)
	}
	return f
})

func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, listed := v["properties"]; listed && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for _, one := range v {
			closeObjects(one)
		}
	case []any:
		for _, one := range v {
			closeObjects(one)
		}
	}
}

// at returns what a JSON pointer leads to, with its own references followed, and the pointer of that.
func (f *openapi) at(pointer string) (map[string]any, string) {
	var v any = f.doc
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, ""
		}
		v = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, ""
	}
	if ref, ok := m["$ref"].(string); ok {
		return f.at(strings.TrimPrefix(ref, "#"))
	}
	return m, pointer
}

// operations are all, as "GET /path".
func (f *openapi) operations() map[string]map[string]any {
	all := map[string]map[string]any{}
	for path, item := range f.doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			if method != "parameters" {
				all[strings.ToUpper(method)+" "+path] = op.(map[string]any)
			}
		}
	}
	return all
}

// operationOf returns the path of the file that a request is for: the one with the most parts that are literal.
func (f *openapi) operationOf(method, escapedPath string) string {
	best, most := "", -1
	for name := range f.operations() {
		m, template, _ := strings.Cut(name, " ")
		parts, want := strings.Split(escapedPath, "/"), strings.Split(template, "/")
		literal, fits := 0, m == method && len(parts) == len(want)
		for i := 0; fits && i < len(parts); i++ {
			if strings.HasPrefix(want[i], "{") {
				fits = parts[i] != ""
				continue
			}
			fits = parts[i] == want[i]
			literal++
		}
		if fits && literal > most {
			best, most = template, literal
		}
	}
	return best
}

// wrong says what the file does not say of an answer.
func (f *openapi) wrong(r *http.Request, status int, kind string, body []byte) error {
	path := f.operationOf(r.Method, strings.TrimPrefix(r.URL.EscapedPath(), "/base"))
	schema := "/components/schemas/Refused"
	switch {
	case path == "" && status < 400:
		return fmt.Errorf("no such operation")
	case path != "":
		op := "/paths/" + strings.ReplaceAll(path, "/", "~1") + "/" + strings.ToLower(r.Method)
		_, at := f.at(op + "/responses/" + fmt.Sprint(status))
		if at == "" {
			_, at = f.at(op + "/responses/default")
		}
		resp, at := f.at(at)
		if resp == nil || status < 400 && strings.HasSuffix(at, "Refused") {
			return fmt.Errorf("no answer with the status %d", status)
		}
		content, _ := resp["content"].(map[string]any)
		if content[kind] == nil {
			return fmt.Errorf("no answer of the type %q", kind)
		}
		schema = at + "/content/" + strings.ReplaceAll(kind, "/", "~1") + "/schema"
	}
	if kind != "application/json" {
		return nil
	}
	return f.fits(schema, body)
}

func (f *openapi) fits(pointer string, data []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	schema, err := f.compiler.Compile(docURL + "#" + pointer)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

// checked fails the test for each answer that is not what openapi.yaml says.
func checked(t *testing.T, next http.Handler) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := httptest.NewRecorder()
		next.ServeHTTP(seen, r)
		kind, _, _ := strings.Cut(seen.Header().Get("Content-Type"), ";")
		if seen.Code != http.StatusTemporaryRedirect && seen.Code != http.StatusMovedPermanently {
			assert.NoError(t, described().wrong(r, seen.Code, kind, seen.Body.Bytes()), "%s %s\n%s", r.Method, r.URL, seen.Body)
		}
		maps.Copy(w.Header(), seen.Header())
		w.WriteHeader(seen.Code)
		_, _ = w.Write(seen.Body.Bytes())
	})
}

func TestTheFileHasEveryRoute(t *testing.T) {
	t.Parallel()
	var inFile []string
	ids := map[string]string{}
	for name, op := range described().operations() {
		id, _ := op["operationId"].(string)
		require.NotEmpty(t, id, name)
		inFile = append(inFile, name+" "+id)
		require.Empty(t, ids[id], "two operations are named %s", id)
		ids[id] = name
	}
	routed := operations.Routes()
	slices.Sort(routed)
	slices.Sort(inFile)
	require.Equal(t, routed, inFile)
}

// TestTheFileHasEveryParameter: those of queries, as the routes take them.
func TestTheFileHasEveryParameter(t *testing.T) {
	t.Parallel()
	f := described()
	for name, op := range f.operations() {
		_, path, _ := strings.Cut(name, " ")
		var inFile []string
		item, _ := f.at("/paths/" + strings.ReplaceAll(path, "/", "~1"))
		for _, from := range []any{item["parameters"], op["parameters"]} {
			all, _ := from.([]any)
			for _, one := range all {
				p := one.(map[string]any)
				if ref, ok := p["$ref"].(string); ok {
					p, _ = f.at(strings.TrimPrefix(ref, "#"))
				}
				if p["in"] == "query" {
					inFile = append(inFile, p["name"].(string))
				}
			}
		}
		require.ElementsMatch(t, operations.Parameters(op["operationId"].(string)), inFile, name)
	}
}

// TestTheCheckerFindsWhatIsWrong: a check that cannot fail would hold nothing.
func TestTheCheckerFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	get := func(path string) *http.Request { return httptest.NewRequest(http.MethodGet, "/base"+path, nil) }
	f := described()
	require.NoError(t, f.wrong(get("/health"), 200, "application/json", []byte(`{"healthy":true}`)))
	require.NoError(t, f.wrong(get("/dead/1"), 404, "application/json", []byte(`{"error":"x","code":"not_found","request_id":"1"}`)))
	for _, c := range []struct{ path, kind, body string }{
		{"/health", "application/json", `{}`},
		{"/health", "application/json", `{"healthy":1}`},
		{"/health", "application/json", `{"healthy":true,"more":1}`},
		{"/health", "text/html", `x`},
		{"/nothing", "application/json", `{}`},
		{"/blocked", "application/json", `{"items":[{"page":"1","person":"2","attempts":1,"failures":[],"since":"yesterday"}]}`},
	} {
		require.Error(t, f.wrong(get(c.path), 200, c.kind, []byte(c.body)), c.path+c.body)
	}
}
