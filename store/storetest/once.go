package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// startOnce asks for the lease on the work "menu" of a version.
func (s *suite) startOnce(version string) store.OnceState {
	s.Helper()
	state, err := s.StartOnce(s.ctx, "menu", version, ttl)
	require.NoError(s, err)
	return state
}

// once does the work "menu" of a version, and reports whether this call has run it.
func (s *suite) once(version string, run func(context.Context) error) bool {
	s.Helper()
	ran, err := store.Once(s.ctx, s.Store, "menu", version, ttl, run)
	require.NoError(s, err)
	return ran
}

func nothing(context.Context) error { return nil }

var oncePromises = []promise{
	{"work is done once for each version", func(s *suite) {
		require.True(s, s.once("1", nothing))
		require.False(s, s.once("1", nothing))
		require.True(s, s.once("2", nothing))
		require.True(s, s.once("1", nothing), "only the last version counts")
		ran, err := store.Once(s.ctx, s.Store, "other", "1", ttl, nothing)
		require.NoError(s, err)
		require.True(s, ran, "other work")
	}},
	{"one replica at a time does the work", func(s *suite) {
		first := s.startOnce("1")
		require.NotZero(s, first.Token)
		require.Equal(s, store.OnceState{Busy: ttl}, s.startOnce("1"))
		s.clock.advance(time.Second)
		require.Equal(s, store.OnceState{Busy: ttl - time.Second}, s.startOnce("2"), "of another version neither")
		require.NoError(s, s.EndOnce(s.ctx, "menu", "1", first.Token, true))
		require.Equal(s, store.OnceState{Done: true}, s.startOnce("1"))
	}},
	{"work that failed is done by the next", func(s *suite) {
		fault := errors.New("no connection")
		ran, err := store.Once(s.ctx, s.Store, "menu", "1", ttl, func(context.Context) error { return fault })
		require.ErrorIs(s, err, fault)
		require.True(s, ran)
		require.True(s, s.once("1", nothing))
	}},
	{"work that panics is done by the next", func(s *suite) {
		require.Panics(s, func() {
			_, _ = store.Once(s.ctx, s.Store, "menu", "1", ttl, func(context.Context) error { panic("oops") })
		})
		require.True(s, s.once("1", nothing))
	}},
	{"a lease on work that expired is given to the next and fenced", func(s *suite) {
		first := s.startOnce("1")
		s.clock.advance(ttl)
		second := s.startOnce("1")
		require.Greater(s, second.Token, first.Token)
		require.ErrorIs(s, s.EndOnce(s.ctx, "menu", "1", first.Token, true), store.ErrFenced)
		require.Equal(s, store.OnceState{Busy: ttl}, s.startOnce("1"), "the second still works")
		require.NoError(s, s.EndOnce(s.ctx, "menu", "1", second.Token, true))
		require.ErrorIs(s, s.EndOnce(s.ctx, "menu", "1", second.Token, true), store.ErrFenced, "it has ended")
		require.ErrorIs(s, s.EndOnce(s.ctx, "unheard of", "1", 1, true), store.ErrFenced)
	}},
	{"the context of the work ends before its lease", func(s *suite) {
		_, err := store.Once(s.ctx, s.Store, "menu", "1", ttl, func(ctx context.Context) error {
			deadline, ok := ctx.Deadline()
			assert.True(s, ok)
			assert.Less(s, time.Until(deadline), ttl)
			return nil
		})
		require.NoError(s, err)
	}},
	{"a caller whose context ends does not wait for another's work", func(s *suite) {
		require.NotZero(s, s.startOnce("1").Token)
		ctx, cancel := context.WithCancel(s.ctx)
		cancel()
		_, err := store.Once(ctx, s.Store, "menu", "1", ttl, nothing)
		require.ErrorIs(s, err, context.Canceled)
	}},
	{"of many callers one does the work and all know it is done", func(s *suite) {
		const callers = 8
		var runs, done atomic.Int64
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				_, err := store.Once(s.ctx, s.Store, "menu", "1", ttl, func(context.Context) error {
					runs.Add(1)
					return nil
				})
				assert.NoError(s, err)
				done.Add(1)
			})
		}
		all.Wait()
		require.Equal(s, int64(1), runs.Load())
		require.Equal(s, int64(callers), done.Load())
	}},
}
