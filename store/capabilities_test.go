package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// plain has what every store must have, and hides the rest.
type plain struct{ store.Store }

// wrapped is a wrapper that shows what it wraps.
type wrapped struct{ store.Store }

func (w wrapped) Unwrap() store.Store { return w.Store }

// marks is a wrapper with a capability of its own.
type marks struct {
	wrapped
	store.Isolator
}

func TestAsFindsCapabilitiesThroughWrappers(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{})
	has := func(st store.Reader) (found int) {
		for _, has := range []bool{second(store.As[store.DeadLetters](st)), second(store.As[store.Inspector](st)), second(store.As[store.Isolator](st)), second(store.As[store.Replicas](st))} {
			if has {
				found++
			}
		}
		return found
	}
	require.Equal(t, 4, has(st))
	require.Equal(t, 4, has(wrapped{wrapped{st}}))
	require.Zero(t, has(plain{st}), "a wrapper that only embeds hides them")
	require.Zero(t, has(wrapped{plain{wrapped{st}}}))
	require.Zero(t, has(wrapped{}))
	require.Zero(t, has(nil))

	found, ok := store.As[store.DeadLetters](wrapped{wrapped{st}})
	require.True(t, ok)
	require.Same(t, st, found)
	own := marks{wrapped{st}, memory.New(memory.Config{})}
	isolator, ok := store.As[store.Isolator](wrapped{own})
	require.True(t, ok)
	require.Equal(t, own, isolator, "the outermost wins")
	require.False(t, second(store.As[store.CallRunner](wrapped{st})))

	part := drops{wrapped{st}}
	letters, ok := store.As[store.DeadLetters](part)
	require.True(t, ok)
	require.Same(t, st, letters, "one method of a capability is none of it")
}

// drops is a wrapper with one method of a capability.
type drops struct{ wrapped }

func (drops) Drop(context.Context, int64) error { return nil }

func second[T any](_ T, ok bool) bool { return ok }

func TestCallsRunThroughWrappers(t *testing.T) {
	t.Parallel()
	call := store.Call{API: "sql", Run: func(any) error { return nil }}
	inner := runner{memory.New(memory.Config{})}
	set := store.NewTurn(wrapped{inner}, someone).Begin("route")
	require.NoError(t, store.Queue(set.Context(t.Context()), call))
	set = store.NewTurn(plain{inner}, someone).Begin("route")
	require.ErrorIs(t, store.Queue(set.Context(t.Context()), call), errors.ErrUnsupported)
}

type runner struct{ store.Store }

func (runner) RunsCalls(api string) bool { return api == "sql" }
