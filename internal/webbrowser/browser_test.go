package webbrowser_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/webbrowser"
)

// The chat page and the quickstart are tried in a real browser.
func TestPages(t *testing.T) {
	t.Parallel()
	path := webbrowser.Path(t)
	timeout := 25 * time.Minute
	if deadline, ok := t.Deadline(); ok {
		timeout = time.Until(deadline) - 20*time.Second // so that they end first, and say what ran
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-timeout="+timeout.String(), "-v", "./...")
	cmd.Dir = "../browsertest"
	cmd.Env = append(os.Environ(), webbrowser.Variable+"="+path)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NotContains(t, string(out), "--- SKIP", "with a browser nothing is skipped")
	require.Contains(t, string(out), "--- PASS: TestEveryMessageIsDrawn/")
	require.Contains(t, string(out), "--- PASS: TestQuickstart/")
}
