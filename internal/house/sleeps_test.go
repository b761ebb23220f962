package house_test

import (
	"go/ast"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// maySleep are the test files that sleep by the machine's clock, and why.
var maySleep = map[string]string{
	"store/sqlite/kill_test.go": "kills a process at a moment that nothing announces",
}

// A test that sleeps is slow where the machine is fast and fails where it is
// slow. Only in a bubble of testing/synctest does the clock not belong to the
// machine.
func TestNoTestSleepsByTheRealClock(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "./...") {
		var sleepers []string
		for _, code := range realTime(t, p) {
			if maySleep[code.path] != "" {
				continue
			}
			for _, call := range calls(code.node, "time", "Sleep") {
				sleepers = append(sleepers, code.line(call))
			}
		}
		require.Empty(t, sleepers, "these tests sleep")
	}
	for file := range maySleep {
		require.FileExists(t, filepath.Join(root(t), file), "it may sleep, and does not exist")
	}
}

// calls returns the calls of a function of a package.
func calls(code ast.Node, pkg, function string) (found []*ast.CallExpr) {
	ast.Inspect(code, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if x, y := selected(call.Fun); x == pkg && y == function {
				found = append(found, call)
			}
		}
		return true
	})
	return found
}
