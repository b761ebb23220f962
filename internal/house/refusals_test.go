package house_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/simulator"
)

// The simulator imports nothing of the library and has its own copy of what a refusal means. Both copies agree.
func TestSimulatorAndClientAgreeOnRefusals(t *testing.T) {
	t.Parallel()
	meanings := map[string]bool{}
	for _, r := range simulator.Refusals() {
		err := graph.Error{Code: r.Code, Subcode: r.Subcode, Message: r.Message, HTTPStatus: r.Status, Transient: r.IsTransient, Type: r.Type}
		require.Equal(t, r.Meaning, err.Meaning().String(), r.Name)
		meanings[r.Meaning] = true
	}
	for m := graph.MeaningUnknown + 1; !strings.HasPrefix(m.String(), "Meaning("); m++ {
		require.True(t, meanings[m.String()], "the simulator has no refusal that means %s", m)
	}
}

// What docs/errors.md lists can be tried with the simulator.
func TestSimulatorHasEveryRefusal(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(root(t), "docs", "errors.md"))
	require.NoError(t, err)
	_, table, ok := strings.Cut(string(page), "## Codes")
	require.True(t, ok)
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		code, ok := strings.CutPrefix(cells[0], "| `")
		if !ok || len(cells) != 5 {
			continue
		}
		rows++
		code = strings.TrimSuffix(code, "`")
		text := strings.Trim(cells[1], "`–")
		require.True(t, simulated(t, code, text, cells[2]), "no refusal for %s %q, which means %s", code, text, cells[2])
	}
	require.Greater(t, rows, 90, "the table was not read")
}

// simulated reports whether the simulator has a refusal for a row of the table.
func simulated(t *testing.T, row, text, meaning string) bool {
	t.Helper()
	codes, subcode, _ := strings.Cut(row, "/")
	first, last, isRange := strings.Cut(codes, "–")
	if !isRange {
		last = first
	}
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		require.NoError(t, err, row)
		return n
	}
	for _, r := range simulator.Refusals() {
		if r.Meaning != meaning || !strings.Contains(strings.ToLower(r.Message), text) {
			continue
		}
		bySubcode := subcode == "" || r.Subcode == number(subcode)
		if codes == "any" {
			if bySubcode || strconv.Itoa(r.Code) == subcode {
				return true
			}
			continue
		}
		if bySubcode && r.Code >= number(first) && r.Code <= number(last) {
			return true
		}
	}
	return false
}
