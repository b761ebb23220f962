package settingsfile_test

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

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/threadsettings"
	"github.com/djmessenger/messenger/threadsettings/settingsfile"
)

// compiled returns the schema, checked by the meta-schema.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(settingsfile.Schema()))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	require.NoError(t, compiler.AddResource("settings.json", document))
	schema, err := compiler.Compile("settings.json")
	require.NoError(t, err)
	return schema
}

func instance(t *testing.T, content string) any {
	t.Helper()
	var v any
	require.NoError(t, yaml.Unmarshal([]byte(content), &v))
	text, err := json.Marshal(v)
	require.NoError(t, err)
	v, err = jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	return v
}

// What the package's documentation, the guide and the files of the tests have is read, and the schema takes it.
func TestSchemaTakesWhatIsRead(t *testing.T) {
	t.Parallel()
	var examples []string
	files, err := filepath.Glob("testdata/*.*")
	require.NoError(t, err)
	for _, name := range files {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		examples = append(examples, string(content))
	}
	guide, err := os.ReadFile("../../docs/thread-settings.md")
	require.NoError(t, err)
	for _, block := range regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllSubmatch(guide, -1) {
		examples = append(examples, string(block[1]))
	}
	examples = append(examples, `get_started: {payload: HELLO}`, `get_started: HELLO`, `get_started: false`, `{remove: [ice_breakers], greeting: null}`,
		`greeting: [{locale: default, text: Welcome}, {locale: de_DE, text: Willkommen}]`,
		`{get_started: true, persistent_menu: [{locale: default, composer_input_disabled: false, call_to_actions: [{type: postback, title: Hours, payload: H}]}]}`,
		`{get_started: true, persistent_menu: [{title: Shop, url: "https://shop.example", webview_height_ratio: tall, messenger_extensions: true}], whitelisted_domains: ["https://shop.example"]}`,
		`ice_breakers: [{call_to_actions: [{question: Where?, payload: W}], locale: default}]`,
		`commands: [{name: help, description: Shows what I can do}]`, `commands: [{locale: default, commands: [{name: help, description: Help}]}]`,
		`{platform: instagram, ice_breakers: [{question: q, payload: p}]}`, `account_linking_url: "https://pizza.example/login"`)
	require.Greater(t, len(examples), 14)
	schema := compiled(t)
	for _, example := range examples {
		_, err := settingsfile.Parse("settings.yaml", []byte(example))
		require.NoError(t, err, example)
		require.NoError(t, schema.Validate(instance(t, example)), example)
	}
}

// What an editor can see is refused by the schema, and by Parse.
func TestSchemaRefusesWhatIsWrong(t *testing.T) {
	t.Parallel()
	schema := compiled(t)
	for _, example := range []string{
		`greting: Hi`, `greeting: 7`, `greeting: ` + strings.Repeat("x", 161), `platform: whatsapp`, `get_started: 1`, `get_started: {paylod: x}`,
		`{get_started: true, persistent_menu: [{titel: x}]}`, `{get_started: true, persistent_menu: [{title: ` + strings.Repeat("x", 31) + `}]}`,
		`{get_started: true, persistent_menu: [{type: nested, title: x}]}`, `{get_started: true, persistent_menu: [{locale: default, call_to_actions: [{url: x}]}]}`,
		`ice_breakers: [{question: q}]`, `ice_breakers: [{question: a, payload: p}, {question: b, payload: p}, {question: c, payload: p}, {question: d, payload: p}, {question: e, payload: p}]`,
		`commands: [{name: ` + strings.Repeat("x", 33) + `, description: d}]`, `commands: [{name: help}]`,
		`whitelisted_domains: ["http://shop.example"]`, `account_linking_url: pizza`, `remove: [home_url]`, `home_url: "https://x.example"`,
	} {
		_, err := settingsfile.Parse("settings.yaml", []byte(example))
		require.Error(t, err, example)
		require.Error(t, schema.Validate(instance(t, example)), example)
	}
}

// The schema has every property, and no other.
func TestSchemaHasEveryProperty(t *testing.T) {
	t.Parallel()
	var document struct {
		Properties map[string]struct {
			Items struct{ Enum []string }
		}
	}
	require.NoError(t, json.Unmarshal(settingsfile.Schema(), &document))
	var names []string
	for _, property := range threadsettings.Properties(graph.PlatformMessenger) {
		require.Contains(t, document.Properties, string(property))
		names = append(names, string(property))
	}
	require.ElementsMatch(t, names, document.Properties["remove"].Items.Enum)
	require.Len(t, document.Properties, len(names)+len([]string{"$schema", "platform", "remove"})+len([]string{"greeting", "menu", "get started"}))
}
