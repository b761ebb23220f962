package policyfile_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/djmessenger/messenger/routing/policyfile"
)

// compiled returns the schema of a registry, checked by the meta-schema.
func compiled(t *testing.T, reg *policyfile.Registry) *jsonschema.Schema {
	t.Helper()
	text, err := reg.Schema()
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	require.NoError(t, compiler.AddResource("policy.json", document))
	schema, err := compiler.Compile("policy.json")
	require.NoError(t, err)
	return schema
}

func instance(t *testing.T, name string, content []byte) any {
	t.Helper()
	if strings.HasSuffix(name, ".json") {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
		require.NoError(t, err)
		return v
	}
	var v any
	require.NoError(t, yaml.Unmarshal(content, &v))
	return v
}

func TestSchemaTakesWhatLoads(t *testing.T) {
	t.Parallel()
	schema := compiled(t, policyfile.BuiltIn())
	files, err := filepath.Glob("testdata/*.*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		err = schema.Validate(instance(t, name, content))
		if strings.Contains(name, "broken") {
			require.Error(t, err, name)
			continue
		}
		require.NoError(t, err, name)
	}
}

// parts has the built-ins that the files in testdata do not use.
const parts = `routers:
  - type: TAP
    types: null
    handlers:
      - {name: null, args: null, when: {any: [{name: Text, args: null}, {not: [{name: Text}]}]}, senders: [{name: Default}], final: null}
      - {name: UserProfile, args: {fields: [first_name], psid_only: true, wait: 1s}}
      - name: djmessenger.contrib.DummyHandler
        senders:
          - {name: After, args: {delay: 3s, sender: {name: Default}}}
          - {name: Message, args: {text: hi, quick_replies: [{content_type: text, title: a, payload: b}]}}
          - {name: SenderAction, args: {action: typing_on, emoji: null}}
          - {name: Multimedia, args: {type: image, url: "https://example.com/x.png"}}
          - {name: LongText, args: {text: long}}
          - {name: djmessenger.other.BaseButtonSender, args: {text: hi, buttons: [{title: a, payload: b}]}}
          - {name: BaseQuickReplySender, args: {text: hi, replies: [{title: a, payload: b}]}}
`

// The schema and the registry agree about files that differ in one value from one that
// loads.
func TestSchemaAndRegistryAgree(t *testing.T) {
	t.Parallel()
	reg := policyfile.BuiltIn()
	schema := compiled(t, reg)
	loaded, refused := 0, 0
	for _, file := range []string{testdata(t, "djmessenger.json"), testdata(t, "shop.yaml"), parts} {
		whole, _ := instance(t, "p.yaml", []byte(file)).(map[string]any)
		routers, _ := whole["routers"].([]any)
		for _, router := range routers { // one at a time, which is quicker
			root := map[string]any{"routers": []any{router}}
			compare := func() {
				written, err := json.Marshal(root)
				require.NoError(t, err)
				_, err = reg.Parse("p.json", written)
				found := schema.Validate(instance(t, "p.json", written))
				switch {
				case err == nil:
					loaded++
					require.NoError(t, found, "it loads: %s", written)
				case shapeMistake.MatchString(err.Error()):
					refused++
					require.Error(t, found, "%v: %s", err, written)
				}
			}
			compare()
			for _, n := range nodes(root) {
				for _, other := range []any{nil, "x", []any{}} {
					n.set(other)
					compare()
				}
				n.restore()
			}
		}
	}
	require.Greater(t, loaded, 100)
	require.Greater(t, refused, 500)
}

// shapeMistake finds the mistakes that a schema can find too.
var shapeMistake = regexp.MustCompile(`is not registered|is null|there is no such field|, and has to be (a|an) |routers\[\d+\]\.types?: no such receiving type`)

// node is a place in a tree.
type node struct {
	set     func(any)
	restore func()
}

func nodes(v any) []node {
	var all []node
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			set := func(to any) { v[name] = to }
			all = append(append(all, nodes(inner)...), node{set, func() { set(inner) }})
		}
	case []any:
		for i, inner := range v {
			set := func(to any) { v[i] = to }
			all = append(append(all, nodes(inner)...), node{set, func() { set(inner) }})
		}
	}
	return all
}
