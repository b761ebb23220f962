package messengertest_test

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// countless is a store whose first counts fail.
type countless struct {
	*memory.Store

	fails, calls atomic.Int64
	err          error
}

func (c *countless) Stats(ctx context.Context) (store.Stats, error) {
	if c.calls.Add(1) <= c.fails.Load() {
		return store.Stats{}, c.err
	}
	return c.Store.Stats(ctx)
}

// Waits show why the bot cannot say whether it is idle, and not counts that it has not made.
func TestWaitsShowTheErrorOfStats(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]func(*messengertest.Chat){
		"Idle": (*messengertest.Chat).Idle, "Timers": func(c *messengertest.Chat) { c.Timers(c.Person("Ada", "")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := &failing{TB: t}
			st := &countless{Store: memory.New(memory.Config{}), err: errors.New("the disk is gone")}
			chat := messengertest.Start(tb, messenger.Config{Store: st})
			st.fails.Store(math.MaxInt64)
			chat.Patience = 100 * time.Millisecond
			tb.expect("it is unknown whether the bot is idle, after 100ms: the disk is gone", func() { wait(chat) })

			tb = &failing{TB: t}
			st = &countless{Store: memory.New(memory.Config{}), err: errors.ErrUnsupported}
			chat = messengertest.Start(tb, messenger.Config{Store: st})
			st.fails.Store(math.MaxInt64)
			chat.Patience = 1000 * patience // it does not wait
			tb.expect("it is unknown whether the bot is idle: unsupported operation", func() { wait(chat) })
		})
	}
}

// An error that passes fails nothing.
func TestWaitsOutlastAnErrorOfStats(t *testing.T) {
	t.Parallel()
	st := &countless{Store: memory.New(memory.Config{}), err: errors.New("a moment")}
	chat := startPatient(t, messenger.Config{Store: st})
	ada := chat.Person("Ada", "")
	for _, wait := range []func(){chat.Idle, func() { chat.Timers(ada) }} {
		st.fails.Store(st.calls.Load() + 3)
		wait()
		require.Greater(t, st.calls.Load(), st.fails.Load())
	}
}
