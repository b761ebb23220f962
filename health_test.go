package messenger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// pinged is a store whose Ping is the test's, and whose Put fails with an error.
type pinged struct {
	*memory.Store

	ping  func(ctx context.Context) error
	pings atomic.Int32
	put   atomic.Pointer[error]
}

func newPinged(ping func(context.Context) error) *pinged {
	return &pinged{Store: memory.New(memory.Config{}), ping: ping}
}

func (p *pinged) Ping(ctx context.Context) error {
	p.pings.Add(1)
	if p.ping == nil {
		return p.Store.Ping(ctx)
	}
	return p.ping(ctx)
}

func (p *pinged) Put(ctx context.Context, events ...store.Event) error {
	if err := p.put.Load(); err != nil {
		return *err
	}
	return p.Store.Put(ctx, events...)
}

func (p *pinged) fail(err error) { p.put.Store(&err) }

var errDisk = errors.New("no space left on the disk")

func TestHealthyFollowsTheCallbacks(t *testing.T) {
	t.Parallel()
	st := newPinged(nil) // which knows nothing of the callbacks' trouble
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Policy: texts(echo), Store: st}, func(w *world) {
		after(time.Millisecond)
		n := 0
		post := func() int {
			n++
			return w.Posts(callback(pageID, "4711", fmt.Sprint("m_", n), "hi")).Code
		}
		require.NoError(t, w.bot.Healthy(w.T.Context()))

		st.fail(errDisk)
		require.Equal(t, 503, post())
		after(2 * time.Second)
		err := w.bot.Healthy(w.T.Context())
		require.ErrorIs(t, err, errDisk)
		require.EqualError(t, err, "messenger: the store takes no events (a callback failed 2s ago): no space left on the disk")
		require.Equal(t, 503, post())
		after(4 * time.Second)
		require.ErrorIs(t, w.bot.Healthy(w.T.Context()), errDisk, "each failure counts from then on")

		st.put.Store(nil)
		require.Equal(t, 200, post())
		require.NoError(t, w.bot.Healthy(w.T.Context()), "it ends with the first callback that is stored")

		st.fail(errDisk)
		require.Equal(t, 503, post())
		require.ErrorIs(t, w.bot.Healthy(w.T.Context()), errDisk)
		after(5 * time.Second)
		require.NoError(t, w.bot.Healthy(w.T.Context()), "a replica that gets no callbacks any more must come back")
	})
}

// Whoever reads the errors of an outage reads that it has ended, once.
func TestTheEndOfAnOutageIsLogged(t *testing.T) {
	t.Parallel()
	st := newPinged(nil)
	var log bytes.Buffer
	const line = `level=WARN msg="the store accepts callbacks again" after=12s failures=2`
	cfg := messenger.Config{Policy: texts(echo), Store: st, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
		after(time.Millisecond)
		n := 0
		post := func() int {
			n++
			return w.Posts(callback(pageID, "4711", fmt.Sprint("m_", n), "hi")).Code
		}
		require.Equal(t, 200, post())
		st.fail(errDisk)
		require.Equal(t, 503, post())
		after(8 * time.Second)
		require.Equal(t, 503, post())
		after(4 * time.Second)
		st.fail(context.Canceled) // which says nothing
		require.Equal(t, 503, post())
		require.NotContains(t, log.String(), "callbacks again")
		st.put.Store(nil)
		for range 3 {
			require.Equal(t, 200, post())
		}
		after(time.Second)
	})
	require.Equal(t, 1, strings.Count(log.String(), line), "%s", &log)
}

func TestHealthyProbesWithoutCallbacks(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	st := newPinged(func(context.Context) error {
		if down.Load() {
			return errDisk
		}
		return nil
	})
	inBubble(t, simulator.Config{}, messenger.Config{Store: st}, func(w *world) {
		after(time.Millisecond)
		require.NoError(t, w.bot.Healthy(w.T.Context()))
		down.Store(true)
		require.NoError(t, w.bot.Healthy(w.T.Context()), "a result counts for a second")
		after(time.Second)
		require.ErrorIs(t, w.bot.Healthy(w.T.Context()), errDisk)
		after(600 * time.Millisecond)
		require.EqualError(t, w.bot.Healthy(w.T.Context()),
			"messenger: the store takes no events (a probe failed 600ms ago): no space left on the disk")
		down.Store(false)
		after(400 * time.Millisecond)
		require.NoError(t, w.bot.Healthy(w.T.Context()))

		before := st.pings.Load()
		for range 50 {
			require.Equal(t, http.StatusOK, w.Posts(callback(pageID, "4711", fmt.Sprint(time.Now()), "hi")).Code)
			require.NoError(t, w.bot.Healthy(w.T.Context()))
			after(500 * time.Millisecond)
		}
		require.Equal(t, before, st.pings.Load(), "callbacks that are stored are proof enough")
	})
}

func TestHealthyProbesOnceForAll(t *testing.T) {
	t.Parallel()
	st := newPinged(nil)
	inBubble(t, simulator.Config{}, messenger.Config{Store: st}, func(w *world) {
		answer := make(chan error)
		st.ping = func(ctx context.Context) error {
			select {
			case err := <-answer:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		after(time.Millisecond)
		var asking sync.WaitGroup
		for range 100 {
			asking.Go(func() { assert.ErrorIs(t, w.bot.Healthy(context.Background()), errDisk) })
			asking.Go(func() {
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				err := w.bot.Healthy(ctx)
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				assert.ErrorContains(t, err, "a probe has had no answer for 1s")
			})
		}
		after(2 * time.Second)
		answer <- errDisk
		asking.Wait()
		require.EqualValues(t, 1, st.pings.Load())
		// Many callers with a short time limit start no second probe.
		for range 1000 {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
			require.Error(t, w.bot.Healthy(ctx))
			cancel()
			after(time.Millisecond)
		}
		require.LessOrEqual(t, st.pings.Load(), int32(5))
	})
}

func TestHealthyIsBounded(t *testing.T) {
	t.Parallel()
	st := newPinged(nil)
	inBubble(t, simulator.Config{}, messenger.Config{Store: st}, func(w *world) {
		free := make(chan struct{})
		st.ping = func(context.Context) error { <-free; return nil }
		after(time.Millisecond)
		began := time.Now()
		require.ErrorIs(t, w.bot.Healthy(context.Background()), context.DeadlineExceeded)
		require.Equal(t, 4*time.Second, time.Since(began))
		require.ErrorIs(t, w.bot.Healthy(context.Background()), context.DeadlineExceeded)
		require.EqualValues(t, 1, st.pings.Load(), "one that hangs is not joined by others")
		w.Stop() // which it does not hold up
		require.Less(t, time.Since(began), 10*time.Second)
		close(free)
		synctest.Wait()
	})
}

func TestHealthySurvivesAPanickingStore(t *testing.T) {
	t.Parallel()
	st := newPinged(func(context.Context) error { panic("no") })
	inBubble(t, simulator.Config{}, messenger.Config{Store: st}, func(w *world) {
		after(time.Millisecond)
		require.ErrorContains(t, w.bot.Healthy(w.T.Context()), "panic: no")
	})
}

func TestWhatSaysNothingOfTheStoreLeavesItHealthy(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"a page without room":       &store.BacklogError{PageIDs: []string{pageID}, Bound: 1},
		"a platform that hangs up":  context.Canceled,
		"several things that do so": errors.Join(&store.BacklogError{PageIDs: []string{pageID}, Bound: 1}, context.Canceled),
	} {
		st := newPinged(nil)
		inBubble(t, simulator.Config{}, messenger.Config{Store: st}, func(w *world) {
			after(time.Millisecond)
			st.fail(err)
			require.Equal(t, 503, w.Posts(callback(pageID, "4711", "m_1", "hi")).Code, name)
			require.NoError(t, w.bot.Healthy(w.T.Context()), name)
		})
	}
}
