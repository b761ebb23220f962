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

// A store of a type that Go cannot compare is no panic of New.
func TestAStoreThatCannotBeComparedIsNotInterruptible(t *testing.T) {
	t.Parallel()
	require.False(t, isInterruptible(uncomparable{Store: memory.New(memory.Config{}), hooks: map[string]func(){}}))
}

type uncomparable struct {
	store.Store
	hooks map[string]func()
}

func (u uncomparable) Interruptible() store.Store { return u }

type unwraps struct{ store.Store }

func (u unwraps) Unwrap() store.Store { return u.Store }
