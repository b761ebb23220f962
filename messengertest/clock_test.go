package messengertest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/sqlite"
)

// clock is one that a test makes itself.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Now() time.Time       { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) Move(d time.Duration) { c.ahead.Add(int64(d)) }

// reminders answers a text after the delays.
func reminders(delays ...time.Duration) routing.Policy {
	var senders []sending.Sender
	for _, d := range delays {
		senders = append(senders, sending.After(d, sending.Text(fmt.Sprintf("after %v", d))))
	}
	return routing.Policy{receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(senders...)}}}
}

func TestClockOfPlatformAndStoreIsTheTests(t *testing.T) {
	t.Parallel()
	var c clock
	failures := make(chan sending.Failure, 1)
	chat := messengertest.StartOn(t, simulator.Config{Now: c.Now}, messenger.Config{
		Store:        memory.New(memory.Config{Now: c.Now}),
		Policy:       reminders(23*time.Hour, 25*time.Hour),
		OnSendFailed: func(_ context.Context, f sending.Failure) { failures <- f },
	})
	chat.Patience = patience
	ada := chat.Person("Ada", "")
	ada.Says("hi")
	ada.SeesNothing()
	c.Move(23 * time.Hour)
	ada.Sees("after 23h0m0s")
	chat.Idle()
	c.Move(2 * time.Hour)
	failed := <-failures
	require.ErrorIs(t, failed.Err, graph.ErrOutsideWindow, "the window is judged when it goes out")
	_, asked := errors.AsType[*graph.Error](failed.Err)
	require.False(t, asked, "the bot reckons by the store's clock, and does not ask the platform")
	require.Equal(t, "after 25h0m0s", failed.Message.Text)
	ada.SeesNothing()
}

// Advance has handled what became due when it returns, and nothing that is due later.
func TestAdvance(t *testing.T) {
	t.Parallel()
	clock := messengertest.NewClock()
	open := func(clock *messengertest.Clock) store.Store {
		st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"), gormstore.WithClock(clock.Now))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, st.Close()) })
		return st
	}
	config := messenger.Config{Policy: reminders(time.Hour, 2*time.Hour, 23*time.Hour)}
	onSQLite := config
	onSQLite.Store = open(clock)
	for name, start := range map[string]func(t *testing.T) *messengertest.Chat{
		"memory": func(t *testing.T) *messengertest.Chat { t.Helper(); return messengertest.Start(t, config) },
		"sqlite": func(t *testing.T) *messengertest.Chat {
			t.Helper()
			return messengertest.StartAt(t, clock, simulator.Config{}, onSQLite)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each chat has a clock of its own
			chat := start(t)
			chat.Patience = patience
			ada := chat.Person("Ada", "")
			said := func() (texts []string) {
				for _, m := range chat.Messages(ada.ID) {
					if m.From == simulator.FromPage {
						texts = append(texts, m.Text)
					}
				}
				return texts
			}
			ada.Says("hi")
			chat.Advance(59 * time.Minute)
			require.Empty(t, said(), "nothing before its time")
			chat.Advance(time.Minute)
			require.Equal(t, []string{"after 1h0m0s"}, said())
			chat.Restart()
			chat.Advance(22 * time.Hour)
			require.Equal(t, []string{"after 1h0m0s", "after 2h0m0s", "after 23h0m0s"}, said())
			messages := chat.Messages(ada.ID)
			require.Greater(t, messages[3].Time.Sub(messages[2].Time), 20*time.Hour, "each at its time, not when the clock has stopped")
		})
	}
}

// Retries are handled at their times on the way.
func TestAdvancePassesRetries(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var tries []time.Time
	chat := messengertest.Start(t, messenger.Config{
		Logger: slog.New(slog.DiscardHandler),
		Policy: routing.Policy{receiving.TypeSimpleText: {{Handler: handling.OnText(".*",
			func(ctx context.Context, _ *receiving.Event, _ map[string]string, _ *sending.Replier) error {
				mu.Lock()
				defer mu.Unlock()
				tries = append(tries, handling.Now(ctx))
				return errors.New("fails")
			})}}},
	})
	chat.Patience = patience
	chat.Person("Ada", "").Says("hi")
	chat.Advance(time.Hour)
	stats, err := chat.Bot.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, stats.Queue.Dead)
	require.Zero(t, stats.Queue.Events)
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, tries, 4)
	require.Greater(t, tries[3].Sub(tries[2]), 25*time.Second)
	require.Less(t, tries[3].Sub(tries[0]), 30*time.Minute, "the last try was on the way")
}

// A clock that cannot be moved is said to be so.
func TestAdvanceWithoutAClock(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		platform simulator.Config
		config   messenger.Config
		says     string
	}{
		{simulator.Config{}, messenger.Config{Store: memory.New(memory.Config{})}, "the store does not go by the chat's clock"},
		{simulator.Config{}, messenger.Config{Store: clockless{memory.New(memory.Config{})}}, "it has no capability store.Clock"},
		{simulator.Config{Now: time.Now}, messenger.Config{}, "the platform goes by simulator.Config.Now"},
	} {
		tb := &failing{TB: t}
		test.config.Logger = slog.New(slog.DiscardHandler)
		chat := messengertest.StartOn(tb, test.platform, test.config)
		chat.Patience = patience
		tb.expect(test.says, func() { chat.Advance(time.Hour) })
	}
	tb := &failing{TB: t}
	tb.expect("simulator.Config.Now is set by StartAt", func() {
		messengertest.StartAt(tb, messengertest.NewClock(), simulator.Config{Now: time.Now}, messenger.Config{})
	})
}

// clockless hides the capabilities of a store, but for what Stats needs.
type clockless struct{ store.Store }

func (c clockless) Stats(ctx context.Context) (store.Stats, error) {
	return c.Store.(store.Inspector).Stats(ctx)
}

func (c clockless) Waiting(ctx context.Context) (map[string]store.Waiting, error) {
	return c.Store.(store.Inspector).Waiting(ctx)
}

func (c clockless) Ping(ctx context.Context) error { return c.Store.(store.Inspector).Ping(ctx) }
