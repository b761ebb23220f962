package jitter_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/jitter"
)

func TestDurationsAreBelowTheMost(t *testing.T) { //nolint:paralleltest // the other test replaces the source
	seen := map[time.Duration]bool{}
	for range 1000 {
		d := jitter.Below(10)
		require.True(t, d >= 0 && d < 10, d)
		seen[d] = true
	}
	require.Len(t, seen, 10)
}

func TestReplaceLastsUntilRestore(t *testing.T) { //nolint:paralleltest // it replaces the source
	restore := jitter.Replace(func(most time.Duration) time.Duration { return most - 1 })
	require.Equal(t, time.Hour-1, jitter.Below(time.Hour))
	restore()
	require.NotEqual(t, time.Hour-1, jitter.Below(time.Hour))
}
