//go:build linux

package messenger_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// BenchmarkDueTimers compares 10,000 timers that are due at the same time with 10,000 events.
// Both wait in the store, one for each of 10,000 people, or ten for each of 1,000, and a
// handler only counts them. For events the time runs from the start of the bot, and for timers,
// which a bot that runs waits for, from when they are due. Each iteration is a round of both. It reports
// the medians of the timers per second, and of the time of timers as a multiple of that of
// events; and the same of the CPU time of this process.
func BenchmarkDueTimers(b *testing.B) {
	timers := small(10_000, 500)
	for _, on := range []struct {
		name string
		open func(*testing.B) life
	}{{"memory", openMemory}, {"sqlite", openSQLite}, {"postgres", openPostgres}} {
		b.Run(on.name, func(b *testing.B) {
			b.Run("one-each", func(b *testing.B) { benchmarkDue(b, on.open(b).stores[0], timers, timers) })
			b.Run("ten-each", func(b *testing.B) { benchmarkDue(b, on.open(b).stores[0], timers, timers/10) })
		})
	}
}

func benchmarkDue(b *testing.B, st store.Store, events, people int) {
	b.Helper()
	know(b, st, people)
	var rates, ratios, busy []float64
	for round := 0; b.Loop(); round++ {
		var took, cpu [2]time.Duration
		for i := range 2 {
			if at := (i + round) % 2; at == 0 {
				took[at], cpu[at] = handleEvents(b, st, events, people)
			} else {
				took[at], cpu[at] = handleTimers(b, st, events, people)
			}
		}
		rates = append(rates, float64(events)/took[1].Seconds())
		ratios = append(ratios, took[1].Seconds()/took[0].Seconds())
		busy = append(busy, cpu[1].Seconds()/cpu[0].Seconds())
	}
	b.ReportMetric(median(rates), "timers/s")
	b.ReportMetric(median(ratios), "timers/events")
	b.ReportMetric(median(busy), "cpu-timers/events")
}

// counter is a bot that counts what it handles, and says when that is all.
type counter struct {
	*messenger.Bot
	all chan struct{}
}

func newCounter(b *testing.B, st store.Store, events int) counter {
	b.Helper()
	c := counter{all: make(chan struct{})}
	var handled atomic.Int64
	count := []routing.Route{{Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
		if handled.Add(1) == int64(events) {
			close(c.all)
		}
		return nil
	})}}
	var err error
	c.Bot, err = messenger.New(messenger.Config{
		Apps:     []receiving.App{{ID: appID, Secrets: []secret.Value{secret.New(appSecret)}}},
		GraphURL: "http://127.0.0.1:1", Logger: slog.New(slog.DiscardHandler),
		Policy: routing.Policy{receiving.TypeSimpleText: count, receiving.TypeSignal: count},
		Store:  st, Tokens: graph.PageToken(pageToken), VerifyToken: secret.New(verifyToken),
	})
	require.NoError(b, err)
	return c
}

// run runs the bot until the returned function is called.
func (c counter) run(b *testing.B) (stop func()) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error)
	go func() { ended <- c.Run(ctx) }()
	return func() {
		cancel()
		require.NoError(b, <-ended)
	}
}

// together calls a function with the numbers from 0 to n - 1, 64 at a time.
func together(n int, fn func(number int)) {
	var next atomic.Int64
	var writers sync.WaitGroup
	for range lifeWriters {
		writers.Go(func() {
			for number := next.Add(1) - 1; number < int64(n); number = next.Add(1) - 1 {
				fn(int(number))
			}
		})
	}
	writers.Wait()
}

// handleEvents returns how long a bot takes for events that wait when it starts, and how much
// CPU time.
func handleEvents(b *testing.B, st store.Store, events, people int) (took, cpu time.Duration) {
	b.Helper()
	c := newCounter(b, st, events)
	first := int(time.Now().UnixMicro())
	together(events, func(i int) { deliver(b, c.Bot, first+i, people) })
	began, used := time.Now(), cpuTime(b)
	defer c.run(b)()
	<-c.all
	return time.Since(began), cpuTime(b) - used
}

// handleTimers returns how long a bot that runs takes for timers from when they are due, and
// how much CPU time. If some were due before all of them were set, it sets others.
func handleTimers(b *testing.B, st store.Store, timers, people int) (took, cpu time.Duration) {
	b.Helper()
	first := int(time.Now().UnixMicro())
	for wait := small(2*time.Second, 300*time.Millisecond); ; wait *= 2 {
		c := newCounter(b, st, timers)
		stop := c.run(b)
		due := time.Now().Add(wait)
		together(timers, func(i int) {
			conv := one(first+i, people)
			if err := c.SignalAfter(b.Context(), conv.PageID, conv.PSID, time.Until(due), fmt.Sprint(i), ""); err != nil {
				b.Error(err)
			}
		})
		early := time.Now().Before(due)
		<-time.After(time.Until(due))
		used := cpuTime(b)
		<-c.all
		took, cpu = time.Since(due), cpuTime(b)-used
		stop()
		if early {
			return took, cpu
		}
	}
}
