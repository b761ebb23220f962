//go:build !race

package simulation_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A seed repeats: what happens, to whom and when. The order of what happens at the same
// nanosecond does not count, and the scheduler may interrupt a goroutine at any time, so that
// two of a few runs must be the same. The race detector shuffles the order of goroutines, so
// this test is not built with it; `make test` runs it.
func TestSeedRepeats(t *testing.T) { //nolint:paralleltest // it sets the number of processors
	oneProcessor(t)
	for _, seed := range []uint64{1, 2, 3, 5} { // not those of a crowd, in which much happens at the same nanosecond
		var runs [][]string
		same := false
		for len(runs) < 10 && !same {
			run := simulate(t, seed).happened()
			require.NotEmpty(t, run)
			same = slices.ContainsFunc(runs, func(other []string) bool { return slices.Equal(other, run) })
			runs = append(runs, run)
		}
		require.True(t, same, "no two runs of seed %d are the same", seed)
	}
}
