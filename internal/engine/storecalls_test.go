package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// Only the store that promises it is called without a guard: the methods of a wrapper may hang, whatever it wraps.
func TestAWrapperIsNotInterruptibleByWhatItWraps(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{})
	require.True(t, isInterruptible(st))
	for name, wrapper := range map[string]store.Store{
		"a store":          struct{ store.Store }{st},
		"a memory store":   struct{ *memory.Store }{st},
		"one that unwraps": unwraps{st},
	} {
		require.False(t, isInterruptible(wrapper), name)
	}
}

type unwraps struct{ store.Store }

func (u unwraps) Unwrap() store.Store { return u.Store }
