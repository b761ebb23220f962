package messenger_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

func TestCallbackDeliveredTwiceTakesEffectOnce(t *testing.T) {
	t.Parallel()
	var runs atomic.Int32
	policy := texts(route("count", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		runs.Add(1)
		return reply.Reply(ctx, sending.Text("you said "+ev.Text()))
	}))
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Policy: policy}, func(w *world) {
		body := callback(pageID, "4711", "m_1", "hi")
		codes := make([]int, 10)
		for i := range codes {
			go func() { codes[i] = w.Posts(body).Code }()
		}
		after(time.Second)
		require.Equal(t, 200, w.Posts(body).Code)
		after(time.Second)
		w.Stop()
		w.start()
		require.Equal(t, 200, w.Posts(body).Code)
		after(time.Second)
		require.Equal(t, slices.Repeat([]int{200}, 10), codes)
		require.EqualValues(t, 1, runs.Load())
		require.Equal(t, []string{"you said hi"}, w.Texts("4711"))
	})
}

// refusing is a store that refuses to take events.
type refusing struct {
	store.Store
	down atomic.Bool
}

func (r *refusing) Unwrap() store.Store { return r.Store }

func (r *refusing) Put(ctx context.Context, events ...store.Event) error {
	if r.down.Load() {
		return errors.New("disk full on /dev/sda1")
	}
	return r.Store.Put(ctx, events...)
}

func TestWhatIsNotStoredIsAnswered503AndNothingInnerIsTold(t *testing.T) {
	t.Parallel()
	st := &refusing{Store: memory.New(memory.Config{})}
	st.down.Store(true)
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Policy: texts(echo), Store: st}, func(w *world) {
		out := w.Posts(callback(pageID, "4711", "m_1", "hi"))
		require.Equal(t, 503, out.Code)
		require.NotContains(t, out.Body.String(), "disk")
		after(time.Second)
		require.Empty(t, w.Texts("4711"))
		st.down.Store(false)
		require.Equal(t, 200, w.Posts(callback(pageID, "4711", "m_1", "hi")).Code)
		after(time.Second)
		require.Equal(t, []string{"you said hi"}, w.Texts("4711"))
	})
}

func TestFullBacklogOfOnePageLeavesTheOtherAlone(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{Backlog: 2})
	var got atomic.Int32
	policy := texts(route("count", func(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
		got.Add(1)
		return nil
	}))
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy, Store: st}, func(w *world) {
		w.Stop() // nothing works the queue, so that it fills
		for i := range 2 {
			require.Equal(t, 200, w.Posts(callback("1", "7", fmt.Sprint("m_", i), "hi")).Code)
		}
		require.Equal(t, 503, w.Posts(callback("1", "7", "m_2", "hi")).Code)
		require.Equal(t, 200, w.Posts(callback("2", "7", "m_3", "hi")).Code)
		both := `{"object":"page","entry":[` + entry("1", "7", "m_4", "hi") + "," + entry("2", "7", "m_5", "hi") + `]}`
		require.Equal(t, 503, w.Posts(both).Code, "the platform must send it again")
		stats, err := w.bot.Stats(t.Context())
		require.NoError(t, err)
		require.Equal(t, 4, stats.Queue.Events, "page 2's part is stored")
		w.start()
		after(time.Second)
		require.Equal(t, 200, w.Posts(both).Code)
		after(time.Second)
		require.EqualValues(t, 5, got.Load(), "page 2's part took effect once")
	})
}

func TestMalformedPartsCostOnlyThemselves(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Policy: texts(echo)}, func(w *world) {
		for i, bad := range []string{
			`null`, `7`, `{"id":"` + pageID + `","messaging":[null]}`, `{"id":"` + pageID + `","messaging":"x"}`,
			`{"id":"` + pageID + `","messaging":[{"sender":{"id":"1"},"recipient":null,"message":"TEST_MESSAGE"}]}`,
		} {
			body := `{"object":"page","entry":[` + bad + "," + entry(pageID, "4711", fmt.Sprint("m_", i), fmt.Sprint(i)) + `]}`
			require.Equal(t, 200, w.Posts(body).Code, bad)
		}
		require.Equal(t, 200, w.Posts(`{"object":"page","entry":[null]}`).Code)
		after(time.Second)
		require.Equal(t, []string{"you said 0", "you said 1", "you said 2", "you said 3", "you said 4"}, w.Texts("4711"))
	})
}

func TestHandlersNeverChangeTheAnswer(t *testing.T) {
	t.Parallel()
	policy := texts(route("panic", func(context.Context, *receiving.Event, *sending.Replier) error { panic("no") }))
	var log bubble.Log
	cfg := messenger.Config{Policy: policy, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		require.Equal(t, 200, w.Posts(callback(pageID, "4711", "m_1", "hi")).Code)
		after(time.Minute)
		require.Contains(t, log.String(), "a handler panicked")
		require.Contains(t, log.String(), "webhook_test.go", "its stack leads to the place")
	})
}

func TestBotThatDoesNotRunWarnsAndIsNotHealthy(t *testing.T) {
	t.Parallel()
	var log bubble.Log
	inBubble(t, simulator.Config{}, messenger.Config{}, func(w *world) {
		after(time.Millisecond)
		require.NoError(t, w.bot.Healthy(w.T.Context()))
		idle := newIdle(t, &log)
		require.ErrorIs(t, idle.Healthy(t.Context()), messenger.ErrNotRunning)
		require.Equal(t, 200, postTo(idle, callback(pageID, "4711", "m_1", "hi")).Code)
		after(4 * time.Second)
		require.NotContains(t, log.String(), "call Run")
		after(2 * time.Second)
		require.Contains(t, log.String(), "call Run")
	})
}

func TestPoliciesByPage(t *testing.T) {
	t.Parallel()
	cfg := messenger.Config{
		Policy:   texts(echo),
		Policies: map[string]routing.Policy{"2": texts(routing.Route{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("page two"))})},
	}
	inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
		require.Equal(t, 200, w.Posts(callback(pageID, "11", "m_1", "hi")).Code)
		require.Equal(t, 200, w.Posts(callback("2", "12", "m_2", "hi")).Code)
		after(time.Second)
		require.Equal(t, []string{"you said hi"}, w.Texts("11"))
		require.Equal(t, []string{"page two"}, w.Texts("12"))
	})
}
