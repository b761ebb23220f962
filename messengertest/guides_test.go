package messengertest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGuidesHaveTheExamples: the code of the guides is the examples that are compiled and
// run here.
func TestGuidesHaveTheExamples(t *testing.T) {
	t.Parallel()
	for guide, examples := range map[string][]string{
		"comments.md":        {"example_comments_test.go"},
		"handlers.md":        {"example_handlers_test.go"},
		"language-models.md": {"example_slow_test.go", "example_handover_test.go"},
		"pages.md":           {"example_onboarding_test.go"},
		"sessions.md":        {"example_sessions_test.go"},
		"signals.md":         {"example_signals_test.go"},
		"testing.md":         {"example_oldbutton_test.go"},
	} {
		page, err := os.ReadFile(filepath.Join("..", "docs", guide))
		require.NoError(t, err)
		rest := string(page)
		for _, example := range examples {
			code, err := os.ReadFile(example)
			require.NoError(t, err)
			_, block, ok := strings.Cut(rest, "```go\npackage messengertest_test\n")
			require.True(t, ok, guide)
			block, rest, ok = strings.Cut(block, "```\n")
			require.True(t, ok, guide)
			require.Equal(t, string(code), "package messengertest_test\n"+block, guide)
		}
	}
}
