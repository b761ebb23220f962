package engine

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// taking calls take in a goroutine, and returns where its result arrives.
func taking(ctx context.Context, s *slots) <-chan int {
	taken := make(chan int, 1)
	go func() { taken <- s.take(ctx) }()
	synctest.Wait()
	return taken
}

func TestSlotsAreTakenTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(3)
		require.Equal(t, 3, s.take(t.Context()))
		taken := taking(t.Context(), s)
		require.Empty(t, taken, "it waits until one is free")
		s.put(1)
		require.Equal(t, 1, <-taken)
		s.put(1)
		s.put(2)
		require.Equal(t, 3, s.take(t.Context()))
		taken = taking(t.Context(), s)
		require.Empty(t, taken, "what was freed before and taken frees nothing")
		s.put(0)
		synctest.Wait()
		require.Empty(t, taken)
		s.put(1)
		require.Equal(t, 1, <-taken)
	})
}

func TestSlotsAreNotTakenWhenTheContextHasEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := newSlots(1)
		require.Equal(t, 1, s.take(ctx))
		taken := taking(ctx, s)
		cancel()
		require.Zero(t, <-taken)
		s.put(1)
		require.Zero(t, s.take(ctx))
	})
}

// A store that leases more than it was asked for has workers that must free their slots first.
func TestSlotsMakeUpForWhatWasLeasedTooMuch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1)
		require.Equal(t, 1, s.take(t.Context()))
		s.put(1 - 3) // three leases
		s.put(1)
		taken := taking(t.Context(), s)
		s.put(1)
		synctest.Wait()
		require.Empty(t, taken)
		s.put(1)
		require.Equal(t, 1, <-taken)
	})
}
