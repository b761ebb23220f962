package engine

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestBackoffDoublesAndIsSpread: messages that were refused together, in an outage of the platform,
// are not all sent again together.
func TestBackoffDoublesAndIsSpread(t *testing.T) {
	t.Parallel()
	for attempt, pause := range map[int]time.Duration{
		1: 5 * time.Second, 2: 10 * time.Second, 3: 20 * time.Second, 6: 160 * time.Second, 7: 5 * time.Minute, 8: 5 * time.Minute, 1 << 40: 5 * time.Minute,
	} {
		drawn := make([]time.Duration, 1000)
		for i := range drawn {
			drawn[i] = backoff(attempt, 5*time.Second)
		}
		slices.Sort(drawn)
		require.GreaterOrEqual(t, drawn[0], pause*3/4, attempt)
		require.Less(t, drawn[len(drawn)-1], pause*5/4, attempt)
		require.Less(t, drawn[0], pause*8/10, "the earliest of 1000, attempt %d", attempt)
		require.Greater(t, drawn[len(drawn)-1], pause*12/10, "the latest of 1000, attempt %d", attempt)
	}
}
