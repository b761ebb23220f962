package messengertest_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

var tick = payload.New[int]("tick")

// TestAdvanceOverATimerThatSetsItself: each timer runs at its own time, and sees it.
func TestAdvanceOverATimerThatSetsItself(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var at []time.Time
	set := func(ctx context.Context, n int) error { return handling.After(ctx, 10*time.Minute, "tick", tick, n) }
	chat := messengertest.Start(t, messenger.Config{Policy: routing.Policy{
		receiving.TypeSimpleText: {{Handler: handling.OnText(".*",
			func(ctx context.Context, _ *receiving.Event, _ map[string]string, _ *sending.Replier) error {
				return set(ctx, 1)
			})}},
		receiving.TypeSignal: {{Handler: handling.OnPayload(tick, func(ctx context.Context, ev *receiving.Event, n int, reply *sending.Replier) error {
			mu.Lock()
			at = append(at, handling.Now(ctx))
			mu.Unlock()
			if err := reply.Reply(ctx, sending.Text(strconv.Itoa(n))); err != nil {
				return err
			}
			return set(ctx, n+1)
		})}},
	}})
	chat.Patience = patience
	ada := chat.Person("Ada", "")
	ada.Says("go")
	chat.Advance(35 * time.Minute)
	for _, n := range []string{"1", "2", "3"} {
		ada.Sees(n)
	}
	ada.SeesNothing()
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, at, 3)
	require.GreaterOrEqual(t, at[1].Sub(at[0]), 10*time.Minute)
	require.GreaterOrEqual(t, at[2].Sub(at[1]), 10*time.Minute)
	timers := chat.Timers(ada)
	require.Len(t, timers, 1)
	require.Equal(t, []string{"tick", tick.MustEncode(4)}, []string{timers[0].Key, timers[0].Payload})
	require.GreaterOrEqual(t, timers[0].Due.Sub(at[2]), 10*time.Minute)
}

// TestSignalOnAnotherPage: a signal reaches the conversation of the page that the person writes to.
func TestSignalOnAnotherPage(t *testing.T) {
	t.Parallel()
	const shop = "200000000000002"
	chat := messengertest.StartOn(t, simulator.Config{Pages: []simulator.Page{{ID: shop, Name: "Shop"}}}, messenger.Config{Policy: routing.Policy{
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("hello"))}},
		receiving.TypeSignal: {{Handler: handling.OnPayload(tick, func(ctx context.Context, ev *receiving.Event, _ int, reply *sending.Replier) error {
			return reply.Reply(ctx, sending.Text(ev.PageID))
		})}},
	}})
	chat.Patience = patience
	sue := chat.PersonOn(shop, "Sue", "")
	sue.Says("hi")
	sue.Sees("hello")
	chat.Signal(sue, "k", tick.MustEncode(1))
	sue.Sees(shop)
	chat.Signal(chat.As(sue.ID), "k", tick.MustEncode(1)) // once for each key
	sue.SeesNothing()
}

// TestSignalThatCannotBeRaised: the test fails and says why.
func TestSignalThatCannotBeRaised(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	chat := messengertest.Start(tb, messenger.Config{})
	chat.Patience = patience
	never := chat.Person("Ada", "")
	tb.expect("no such person", func() { chat.Signal(never, "k", tick.MustEncode(1)) })
	tb.expect("key", func() { chat.Signal(never, "", tick.MustEncode(1)) })
	tb.expect("there is no person 123 on the platform", func() { chat.As("123") })
}
