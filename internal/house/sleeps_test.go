package house_test

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
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
	sleep := "time." + "Sleep("
	for _, p := range list(t, "./...") {
		var sleepers []string
		bubbles := false
		for _, name := range slices.Concat(p.TestGoFiles, p.XTestGoFiles) {
			source, err := os.ReadFile(filepath.Join(p.Dir, name))
			require.NoError(t, err)
			bubbles = bubbles || strings.Contains(string(source), `"testing/synctest"`)
			if file := path.Join(p.folder(), name); strings.Contains(string(source), sleep) && maySleep[file] == "" {
				sleepers = append(sleepers, file)
			}
		}
		if !bubbles {
			require.Empty(t, sleepers, "these tests sleep")
		}
	}
	for file := range maySleep {
		require.FileExists(t, filepath.Join(root(t), file), "it may sleep, and does not exist")
	}
}
