package simulator_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGuideHasTheExample: the code of docs/simulator.md is the one that is compiled and run here.
func TestGuideHasTheExample(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/simulator.md")
	require.NoError(t, err)
	code, err := os.ReadFile("guide_example_test.go")
	require.NoError(t, err)
	require.Contains(t, string(guide), "```go\n"+string(code)+"```\n")
	require.Equal(t, 1, strings.Count(string(guide), "```go\n"))
}
