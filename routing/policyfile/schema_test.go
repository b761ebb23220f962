package policyfile_test

import (
	"bytes"
	"os"
	"path/filepath"
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
