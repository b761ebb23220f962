package house_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The ratio of a benchmark is the median of the rounds' ratios, so that a round on a busy
// machine counts once on both sides.
func TestBenchCompare(t *testing.T) {
	t.Parallel()
	const results = "base 1 BenchmarkA/x-2 \t 10\t 100 ns/op\t 5 B/op\n" +
		"head 1 BenchmarkA/x-2 10 50 ns/op 0 B/op\n" +
		"head 2 BenchmarkA/x-2 10 9e+02 ns/op 0 B/op\n" +
		"base 2 BenchmarkA/x-2 10 1000 ns/op 4 B/op\n" +
		"base 3 BenchmarkA/x-2 10 200 ns/op 0 B/op\n" +
		"head 3 BenchmarkA/x-2 10 211 ns/op 0 B/op\n" +
		"base 1 BenchmarkB-16 1 8 events/s\n" +
		"base 2 BenchmarkB-16 1 10 events/s\n" +
		"head 1 BenchmarkNew-2 1 7 events/s\n"
	awk := exec.CommandContext(t.Context(), "awk", "-f", filepath.Join(root(t), ".ci", "bench-compare.awk"))
	awk.Stdin = strings.NewReader(results)
	output, err := awk.CombinedOutput()
	require.NoError(t, err, string(output))
	var rows [][]string
	for line := range strings.Lines(string(output)) {
		rows = append(rows, strings.Fields(line))
	}
	require.Equal(t, [][]string{
		{"BenchmarkA/x", "ns/op", "200", "211", "0.900", "0.500", "to", "1.055"},
		{"BenchmarkA/x", "B/op", "4", "0", "0.000", "0.000", "to", "0.000"},
		{"BenchmarkB", "events/s", "9", "-", "-", "-"},
		{"BenchmarkNew", "events/s", "-", "7", "-", "-"},
	}, rows[1:])
}
