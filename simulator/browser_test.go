package simulator_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// The chat page is tried in a real browser. What does it is a module of its own, see browsertest/doc.go.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	browser := os.Getenv("MESSENGER_TEST_BROWSER")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && browser == "" {
			browser = path
		}
	}
	if browser == "" {
		t.Skip("no chromium, chromium-browser or google-chrome on the PATH: the chat page was not tried in a browser")
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-timeout=25m", "-v", "./...")
	cmd.Dir = "browsertest"
	cmd.Env = append(os.Environ(), "MESSENGER_TEST_BROWSER="+browser)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NotContains(t, string(out), "--- SKIP", "with a browser nothing is skipped")
	require.Contains(t, string(out), "--- PASS: TestEveryMessageIsDrawn/")
}
