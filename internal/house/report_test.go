package house_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReportNamesWhatFailedLast: the end of the output of `make race` is enough to know which tests
// have failed, however they did.
func TestReportNamesWhatFailedLast(t *testing.T) {
	t.Parallel()
	const output = "FAIL\tx/build [build failed]\n" +
		"=== RUN   TestA\n=== RUN   TestA/b\n    a_test.go:3: boo\n--- FAIL: TestA (0.0s)\n    --- FAIL: TestA/b (0.0s)\nexit status 1\nFAIL\tx/a\t1s\n" +
		"=== RUN   TestC\npanic: test timed out after 1s\n\trunning tests:\n\t\tTestC/sub (1m0.1s)\n\ngoroutine 1\nFAIL\tx/hangs\t1s\n" +
		"=== RUN   TestS\n    s_test.go:3: no luck\n--- SKIP: TestS (0s)\nok  \tx/skips\t1s\nFAIL\n" +
		"=== RUN   TestH\n--- FAIL: TestH (0s)\n"
	awk := exec.CommandContext(t.Context(), "awk", "-v", "ci=true", "-v", "allowed=/dev/null",
		"-f", filepath.Join(root(t), ".ci", "report.awk"))
	awk.Stdin = strings.NewReader(output)
	report, err := awk.CombinedOutput()
	require.Error(t, err, "a test was skipped")
	require.Contains(t, string(report), "a_test.go:3: boo\n--- FAIL: TestA", "what a failing package has said")
	_, end, _ := strings.Cut(string(report), "\n\nThese tests were skipped")
	require.Equal(t, `, and /dev/null does not allow it:
  x/skips TestS: no luck

These tests failed:
  x/build (no test is named; see its output)
  x/a TestA
  x/a TestA/b
  x/hangs TestC/sub (still ran)
  (its package did not end) TestH
`, end)
}
