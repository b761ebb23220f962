package gormstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// What is written must reach the files that the next start opens; if it does not, no operation is acknowledged.
func TestAFileThatWasReplacedFailsWhatCommitted(t *testing.T) {
	t.Parallel()
	gone := errors.New("the file was replaced")
	for checks := range 2 {
		t.Run(fmt.Sprint("at check ", checks), func(t *testing.T) {
			t.Parallel()
			f := &fakeDatabase{}
			n := 0
			w := f.writer(t, database.Database{
				Gate: &sync.Mutex{},
				Verify: func() error {
					n++
					if n > checks {
						return gone
					}
					return nil
				},
				Meaning: func(error) string { return "the file was moved" },
			})
			err := w.do(t.Context(), putTo(t, "a"))
			require.ErrorIs(t, err, gone)
			require.ErrorContains(t, err, "the file was moved: store: the file was replaced")
			require.Len(t, f.groups, checks, "nothing is begun on a file that was replaced")
		})
	}
}

// A connection that broke while it was idle is replaced, and no caller notices.
func TestABrokenConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	f := &fakeDatabase{begin: func(n int) error {
		if n == 1 {
			return errLost
		}
		return nil
	}}
	w := f.writer(t, database.Database{})
	require.NoError(t, w.do(t.Context(), putTo(t, "a")))
	require.NoError(t, w.do(t.Context(), putTo(t, "b")))
	require.Equal(t, 2, f.connections)
	require.Equal(t, 1, f.discarded)
}

// Functions of OnCommit have a time of their own, which the bound of a transaction leaves them.
func TestATransactionHasTimeForItsFunctions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWriter(&database.Database{Timeout: 10 * time.Second}, nil, newConfig(nil), nil)
		defer w.cancel()
		for calls, want := range map[*database.Calls]time.Duration{nil: 10 * time.Second, {Timeout: time.Minute}: 70 * time.Second} {
			ctx, cancel := w.deadline(calls)
			at, bounded := ctx.Deadline()
			require.True(t, bounded)
			require.Equal(t, want, time.Until(at))
			cancel()
		}
	})
}

func TestAClosedStoreAnswersWhatItHasTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		f := &fakeDatabase{begin: func(int) error {
			<-hold
			return nil
		}}
		w := newWriter(&database.Database{Connect: func(context.Context) (database.Conn, error) { return &fakeConn{f: f}, nil }},
			nil, newConfig(nil), func() {})
		w.start()
		var taken, late error
		var doing sync.WaitGroup
		doing.Go(func() { taken = w.do(context.Background(), putTo(t, "a")) })
		synctest.Wait()
		doing.Go(func() { late = w.do(context.Background(), putTo(t, "b")) })
		synctest.Wait()
		doing.Go(w.close)
		synctest.Wait()
		close(hold)
		doing.Wait()
		require.NoError(t, taken)
		require.ErrorIs(t, late, store.ErrClosed)
		require.ErrorIs(t, w.do(t.Context(), putTo(t, "c")), store.ErrClosed)
	})
}
