package webbrowser

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// Variable names the environment variable with the name or the path of the browser.
const Variable = "MESSENGER_TEST_BROWSER"

// Path returns the path of a browser, or skips the test if the machine has none. A browser that Variable names must exist; under CI=true
// there must be one.
func Path(t *testing.T) string {
	t.Helper()
	if name := os.Getenv(Variable); name != "" {
		path, err := exec.LookPath(name)
		require.NoError(t, err, Variable)
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const none = "no chromium, chromium-browser or google-chrome on the PATH: the pages were not tried in a browser"
	require.NotEqual(t, "true", os.Getenv("CI"), none)
	t.Skip(none)
	return ""
}
