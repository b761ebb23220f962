package house_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// given is what the text around a piece of code in the documentation speaks of.
const given = `
var (
	ctx context.Context
	bot *messenger.Bot
	config messenger.Config
	mux *http.ServeMux
	st  *gormstore.Store

	pageID, accountID, psid, id string
)
`

// standard are the packages of the standard library that such code may use,
// besides those of this module, by name.
var standard = []string{"context", "errors", "fmt", "log", "log/slog", "net/http", "os", "os/signal", "regexp", "strconv", "strings", "syscall", "time"}

var goBlock = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")

// The Go code of the documentation compiles. A piece without a package clause is
// put into a function, with the imports that its names ask for. A test compiles as it is, in a file beside
// the program of the README: there readers put it.
func TestTheCodeOfTheDocumentationCompiles(t *testing.T) {
	t.Parallel()
	imports := map[string]string{}
	for _, p := range standard {
		imports[path.Base(p)] = p
	}
	for _, p := range list(t, "./...") {
		if p.Name != "main" && !strings.Contains("/"+p.folder()+"/", "/internal/") {
			imports[p.Name] = p.ImportPath
		}
	}
	dir, blocks := t.TempDir(), 0
	readme := goBlock.FindStringSubmatch(published(t)["README.md"])[1]
	for name, text := range published(t) {
		if path.Ext(name) != ".md" {
			continue
		}
		for i, block := range goBlock.FindAllStringSubmatch(text, -1) {
			blocks++
			source := block[1]
			if !strings.HasPrefix(source, "package ") {
				source = program(t, name, source, imports)
			}
			require.NotRegexp(t, `(?m)^package \w+_test$`, source, "%s: this compiles in no folder that has a program", name)
			folder := filepath.Join(dir, fmt.Sprint(strings.NewReplacer("/", "-", ".", "-").Replace(name), i))
			require.NoError(t, os.Mkdir(folder, 0o700))
			if strings.HasPrefix(source, "package main\n") && strings.Contains(source, "(t *testing.T)") {
				require.NoError(t, os.WriteFile(filepath.Join(folder, "bot_test.go"), []byte(source), 0o600))
				require.Regexp(t, `(?s)^package main\n.*\nfunc main\(\) {\n`, readme)
				source = readme
			}
			require.NoError(t, os.WriteFile(filepath.Join(folder, "main.go"), []byte(source), 0o600))
		}
	}
	require.GreaterOrEqual(t, blocks, 3, "the walk has missed the documentation")
	sums, err := os.ReadFile(filepath.Join(root(t), "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600))
	mod, err := os.ReadFile(filepath.Join(root(t), "go.mod"))
	require.NoError(t, err)
	mod = append([]byte(strings.Replace(string(mod), "module "+module, "module example.com/docs", 1)),
		"\nrequire "+module+" v0.0.0\n\nreplace "+module+" => "+root(t)+"\n"...)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o600))
	env := []string{"GOWORK=off", "GOPROXY=off", "GOFLAGS=" + os.Getenv("GOFLAGS") + " -mod=mod"}
	run(t, dir, env, "go", "vet", "./...")
}

// program is a file with a piece of code in a function.
func program(t *testing.T, place, piece string, imports map[string]string) string {
	t.Helper()
	body := given + "\nfunc main() {\n" + piece + "\n"
	if regexp.MustCompile(`(?m)^(\S.*)?\berr :?=`).MatchString(piece) {
		body += "_ = err // the function goes on\n"
	}
	body += "}\n"
	file, err := parser.ParseFile(token.NewFileSet(), place, "package main\n"+body, 0)
	require.NoError(t, err)
	used := map[string]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if x, ok := selector.X.(*ast.Ident); ok && x.Obj == nil {
				used[x.Name] = true
			}
		}
		return true
	})
	source := "package main\n\nimport (\n"
	for _, name := range slices.Sorted(maps.Keys(used)) {
		require.Contains(t, imports, name, "%s uses a name that is neither given nor a package", place)
		source += fmt.Sprintf("\t%q\n", imports[name])
	}
	return source + ")\n" + body
}
