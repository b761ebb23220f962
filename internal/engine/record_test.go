package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestBackoffGrowsAndIsSpread: messages that fail together do not come back together.
func TestBackoffGrowsAndIsSpread(t *testing.T) {
	t.Parallel()
	for attempt, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 4: 8 * time.Second, 9: 256 * time.Second, 10: 5 * time.Minute, 1000: 5 * time.Minute} {
		different := map[time.Duration]bool{}
		for range 100 {
			pause := backoff(attempt, time.Second)
			require.GreaterOrEqual(t, pause, want*3/4, attempt)
			require.Less(t, pause, want*5/4, attempt)
			different[pause] = true
		}
		require.Greater(t, len(different), 50, "attempt %d", attempt)
	}
}
