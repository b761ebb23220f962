package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheEngineRunsOthersCodeByTheGuard finds in internal/engine what would pass by the guard: goroutines, recover and timers
// elsewhere than in their files, and calls to the store whose context may have no end.
func TestTheEngineRunsOthersCodeByTheGuard(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "./internal/engine") {
		paths, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		require.NoError(t, err)
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			require.Empty(t, bypasses(filepath.Base(path), file, files), "the guard must run it; see internal/engine/guard.go")
		}
	}
}

// allowedIn says which files may have what would pass by the guard elsewhere.
var allowedIn = map[string][]string{
	"go":             {"guard.go", "group.go", "isolation.go"}, // isolation.go calls the store, with a bound
	"recover":        {"guard.go"},
	"time.AfterFunc": {"timers.go", "keeper.go"},
}

func bypasses(name string, file ast.Node, files *token.FileSet) (found []string) {
	report := func(what string, n ast.Node) {
		if !slices.Contains(allowedIn[what], name) {
			found = append(found, files.Position(n.Pos()).String()+": "+what)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			report("go", n)
		case *ast.CallExpr:
			called := types.ExprString(n.Fun)
			switch {
			case called == "recover", called == "time.AfterFunc":
				report(called, n)
			case strings.Contains(called, ".Store.") || strings.Contains(called, "replicas.") || strings.Contains(called, "isolator."):
				if len(n.Args) > 0 && !bounded(types.ExprString(n.Args[0])) {
					report(called+" with an unbounded context", n)
				}
			}
		}
		return true
	})
	return found
}

// bounded reports whether a call to the store has a context that ends: that of the engine's calls, or one that its function
// was given, which is a guarded call's or the caller's. The functions of Wake have none.
func bounded(argument string) bool {
	return argument == "ctx" || argument == "e.hint" || strings.HasSuffix(argument, ".reading()") || strings.HasSuffix(argument, ".writing()")
}

func TestWhatPassesByTheGuardIsFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`go f()`: 1, `defer func() { _ = recover() }()`: 1, `time.AfterFunc(1, f)`: 1,
		`w.e.cfg.Store.Commit(w.held.ctx, out)`: 1, `e.cfg.Store.Person(context.Background(), a, b)`: 1, `w.e.isolator.MarkAlone(w.held.ctx, a, 1)`: 1,
		`e.replicas.EchoedAt(e.reading(), a)`: 0, `w.e.cfg.Store.Commit(w.e.writing(), out)`: 0, `e.cfg.Store.Wake(e.hint)`: 0, `p.cfg.Store.Apply(ctx, w)`: 0,
	} {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, "", "package p; func f() { "+text+" }", parser.SkipObjectResolution)
		require.NoError(t, err)
		require.Len(t, bypasses("other.go", file, files), want, text)
	}
}
