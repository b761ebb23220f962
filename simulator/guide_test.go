package simulator_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGuideHasTheExample: the code of docs/simulator.md is the one that is compiled and run here. Readers put it into the package
// of their program.
func TestGuideHasTheExample(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/simulator.md")
	require.NoError(t, err)
	code, err := os.ReadFile("guide_example_test.go")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(code), "package simulator_test\n")
	require.True(t, ok)
	require.Contains(t, string(guide), "```go\npackage main\n"+rest+"```\n")
	require.Equal(t, 1, strings.Count(string(guide), "```go\n"))
}
