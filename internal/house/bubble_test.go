package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// testCode is a test file, or one of its tests.
type testCode struct {
	path  string // of the file, in the repository
	node  ast.Node
	files *token.FileSet
}

// line is where a piece of it is.
func (c testCode) line(n ast.Node) string {
	return c.path + ":" + strconv.Itoa(c.files.Position(n.Pos()).Line)
}

// realTime returns the tests of a package that go by the machine's clock, and not in a bubble of testing/synctest: whole files
// without a bubble, and of the others the tests that start none.
func realTime(t *testing.T, p listed) []testCode {
	t.Helper()
	var all []testCode
	for _, name := range slices.Concat(p.TestGoFiles, p.XTestGoFiles) {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		all = append(all, testCode{path.Join(p.folder(), name), file, files})
	}
	return withoutBubble(all)
}

func withoutBubble(all []testCode) (found []testCode) {
	bubbles := bubblesOf(all)
	for _, c := range all {
		if !callsOneOf(c.node, bubbles) {
			found = append(found, c)
			continue
		}
		for _, f := range functions(c.node) {
			if strings.HasPrefix(f.Name.Name, "Test") && !callsOneOf(f, bubbles) {
				found = append(found, testCode{c.path, f, c.files})
			}
		}
	}
	return found
}

// bubblesOf returns the names of the functions that start a bubble: they call synctest.Test, or one of them.
func bubblesOf(all []testCode) map[string]bool {
	bubbles := map[string]bool{}
	for before := -1; before < len(bubbles); {
		before = len(bubbles)
		for _, c := range all {
			for _, f := range functions(c.node) {
				if callsOneOf(f, bubbles) {
					bubbles[f.Name.Name] = true
				}
			}
		}
	}
	return bubbles
}

func functions(file ast.Node) (found []*ast.FuncDecl) {
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.FuncDecl); ok && f.Recv == nil {
			found = append(found, f)
		}
		return true
	})
	return found
}

// callsOneOf reports whether a piece of code calls synctest.Test or a function of one of these names.
func callsOneOf(code ast.Node, names map[string]bool) (found bool) {
	ast.Inspect(code, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if f, ok := call.Fun.(*ast.Ident); ok {
			found = found || names[f.Name]
		}
		x, y := selected(call.Fun)
		found = found || x == "synctest" && y == "Test"
		return true
	})
	return found
}

func TestCodeOutsideOfBubblesIsFound(t *testing.T) {
	t.Parallel()
	var all []testCode
	for name, text := range map[string]string{
		"helper":    `package p; import "testing/synctest"; func inBubble(f func()) { synctest.Test(nil, f) }`,
		"indirect":  `package p; func world() { inBubble(nil) }; func helps() {}`,
		"both":      `package p; func TestX() { world() }; func TestReal() { helps() }`,
		"real time": `package p; func TestY() { other.world(); time.Sleep(1) }`,
	} {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, "", text, parser.SkipObjectResolution)
		require.NoError(t, err)
		all = append(all, testCode{name, file, files})
	}
	var found []string
	for _, c := range withoutBubble(all) {
		found = append(found, c.path)
	}
	require.ElementsMatch(t, []string{"both", "real time"}, found)
}
