package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/sqlite"
)

func openTemp(t *testing.T, opts ...gormstore.Option) *gormstore.Store {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"), opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	return st
}

// An operation that fails, or whose caller has gone, takes no neighbour of its
// group with it.
func TestOneBadOperationFailsAlone(t *testing.T) {
	t.Parallel()
	st := openTemp(t, gormstore.WithBacklog(1_000_000))
	var wg sync.WaitGroup
	var put atomic.Int64
	for w := range 64 {
		wg.Go(func() {
			for i := range 30 {
				ctx, cancel := context.WithCancel(context.Background())
				ev := store.Event{Conversation: store.Conversation{PageID: "page", PSID: fmt.Sprint(w)}, Key: fmt.Sprint(w, "/", i)}
				switch w % 4 {
				case 0:
					err := st.Apply(ctx, store.AddThumbUp{PageID: "page", PSID: "never"},
						store.SaveSession{PageID: "page", PSID: "never", Name: "s", Version: 9})
					assert.ErrorIs(t, err, store.ErrConflict)
				case 1:
					time.AfterFunc(time.Duration(i*20)*time.Microsecond, cancel)
					if err := st.Put(ctx, ev); err != nil {
						assert.ErrorIs(t, err, context.Canceled)
					}
					assert.NoError(t, st.Put(context.Background(), ev), "putting again is harmless")
					put.Add(1)
				default:
					assert.NoError(t, st.Put(ctx, ev))
					put.Add(1)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	stats, err := st.Stats(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, put.Load(), stats.Events)
	_, err = st.Person(t.Context(), "page", "never")
	require.ErrorIs(t, err, store.ErrNotFound)
}

// While somebody else writes for long, a caller waits no longer than its
// context.
func TestAPutWaitsNoLongerThanItsContext(t *testing.T) {
	t.Parallel()
	st := openTemp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.NoError(t, st.DB().Transaction(func(*gorm.DB) error {
		require.ErrorIs(t, st.Put(ctx, store.Event{Conversation: ann, Key: "k"}), context.DeadlineExceeded)
		return nil
	}))
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
	leases, err := st.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, 1)
	require.Len(t, leases[0].Events, 1)
}

// What was taken before Close is finished, and what comes after is refused.
func TestCloseUnderLoad(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	st, err := sqlite.Open(path)
	require.NoError(t, err)
	var wg sync.WaitGroup
	var stored atomic.Int64
	started := make(chan struct{}, 64)
	for w := range 64 {
		wg.Go(func() {
			for i := 0; ; i++ {
				err := st.Put(context.Background(), store.Event{Conversation: ann, Key: fmt.Sprint(w, "/", i)})
				if err != nil {
					assert.ErrorIs(t, err, store.ErrClosed)
					return
				}
				stored.Add(1)
				if i == 0 {
					started <- struct{}{}
				}
			}
		})
	}
	for range 64 {
		<-started
	}
	require.NoError(t, st.Close())
	wg.Wait()
	st, err = sqlite.Open(path)
	require.NoError(t, err)
	stats, err := st.Stats(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, stored.Load(), stats.Events)
	require.NoError(t, st.Close())
}
