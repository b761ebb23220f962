package house_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// withoutExample are the packages that need no runnable Example, and why. That a
// program or something internal needs none goes without saying.
var withoutExample = map[string]string{
	"messengertest":                   "its functions take a *testing.T, which an Example has not: compiled only",
	"simulator/scenario/scenariotest": "its functions take a *testing.T, which an Example has not: compiled only",
	"store/storetest":                 "its functions take a *testing.T, which an Example has not: compiled only",
}

func TestEveryPackageHasACommentAndAnExample(t *testing.T) {
	t.Parallel()
	exist := map[string]bool{}
	for _, p := range list(t, "./...") {
		folder := p.folder()
		exist[folder] = true
		require.NotEmpty(t, p.Doc, "%s has no package comment", folder)
		if p.Name == "main" || slices.Contains(strings.Split(folder, "/"), "internal") {
			continue
		}
		examples := examplesOf(t, p)
		require.NotEmpty(t, examples, "%s has no Example", folder)
		if withoutExample[folder] == "" {
			require.True(t, slices.ContainsFunc(examples, runs), "no Example of %s runs: one needs an Output comment", folder)
		}
	}
	for folder := range withoutExample {
		require.True(t, exist[folder], "%s is excepted and does not exist", folder)
	}
}

func examplesOf(t *testing.T, p listed) []*doc.Example {
	t.Helper()
	var files []*ast.File
	for _, name := range slices.Concat(p.TestGoFiles, p.XTestGoFiles) {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	return doc.Examples(files...)
}

func runs(example *doc.Example) bool { return example.Output != "" || example.EmptyOutput }
