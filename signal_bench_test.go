//go:build linux

package messenger_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/testdisk"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// signalsWaiting is how many signals are on their way at any time.
const signalsWaiting = 64

// BenchmarkSignal is the life of a signal, from [messenger.Bot.Signal] to the arrival of the answer at
// the platform, 64 at a time, beside that of callbacks in the same run. Each iteration is a
// round of three runs on one store, beginning with another one: signals, callbacks of which 64
// are on their way, and callbacks as in BenchmarkLife, of which 256 are. It reports the medians
// of the signals per second, and of the time for each signal as a multiple of that for each
// callback; and the same of the CPU time of this process, that of the platform included.
// PostgreSQL's own CPU time is not counted.
func BenchmarkSignal(b *testing.B) {
	b.Run("memory", func(b *testing.B) { benchmarkSignal(b, openMemory(b)) })
	b.Run("sqlite", func(b *testing.B) { benchmarkSignal(b, openSQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchmarkSignal(b, openPostgres(b)) })
}

// openMemory opens a store in memory.
func openMemory(b *testing.B) life {
	b.Helper()
	st := memory.New(memory.Config{})
	b.Cleanup(func() { require.NoError(b, st.Close()) })
	return life{testdisk.Dir(b), []store.Store{st}}
}

func benchmarkSignal(b *testing.B, on life) {
	b.Helper()
	const people = 1000
	know(b, on.stores[0], people)
	runs := []conditions{
		{people: people, waiting: signalsWaiting, signals: true},
		{people: people, waiting: signalsWaiting},
		{people: people},
	}
	events := small(5000, 500)
	var rates, ratios, busy, likeLife []float64
	for round := 0; b.Loop(); round++ {
		took, cpu := make([]float64, len(runs)), make([]float64, len(runs))
		for i := range runs {
			at := (i + round) % len(runs)
			left, began := events, time.Duration(0)
			rate, _ := live(b, on, runs[at], func() bool {
				switch left--; left {
				case events - 1:
					began = cpuTime(b)
				case -1:
					cpu[at] = (cpuTime(b) - began).Seconds()
				}
				return left >= 0
			})
			took[at] = 1 / rate
		}
		rates = append(rates, 1/took[0])
		ratios = append(ratios, took[0]/took[1])
		likeLife = append(likeLife, took[0]/took[2])
		busy = append(busy, cpu[0]/cpu[1])
	}
	b.ReportMetric(median(rates), "signals/s")
	b.ReportMetric(median(ratios), "signal/life")
	b.ReportMetric(median(likeLife), "signal/life-256")
	b.ReportMetric(median(busy), "cpu-signal/life")
}

// echoes answers texts and signals.
func echoes() routing.Policy {
	policy := texts(echo)
	policy[receiving.TypeSignal] = []routing.Route{{Handler: handling.OnPayload(word,
		func(ctx context.Context, _ *receiving.Event, said string, reply *sending.Replier) error {
			return reply.Reply(ctx, sending.Text("you said "+said))
		})}}
	return policy
}

// signal raises a signal for one of the people.
func signal(b *testing.B, bot *messenger.Bot, number, people int) {
	b.Helper()
	conv := one(number, people)
	said := fmt.Sprint(number)
	if err := bot.Signal(b.Context(), conv.PageID, conv.PSID, said, word.MustEncodeSignal(said)); err != nil {
		b.Error(err)
	}
}

// one is one of the people, on one of the pages: for deliver, too.
func one(number, people int) store.Conversation {
	person := number % people * 7919 % people
	return store.Conversation{PageID: fmt.Sprint(person%lifePages + 1), PSID: fmt.Sprint(person)}
}

// know makes people known to a store.
func know(b *testing.B, st store.Store, people int) {
	b.Helper()
	for batch := range slices.Chunk(numbers(people), 1000) {
		var writes []store.Write
		for _, n := range batch {
			conv := one(n, people)
			writes = append(writes, store.TouchPerson{PageID: conv.PageID, PSID: conv.PSID, At: time.Now()})
		}
		require.NoError(b, st.Apply(b.Context(), writes...))
	}
}

// numbers are those from 0 to n - 1.
func numbers(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// small returns the second value where each benchmark runs once, to see that it works.
func small[T any](otherwise, once T) T {
	if flag.Lookup("test.benchtime").Value.String() == "1x" {
		return once
	}
	return otherwise
}

// median of some figures, in any order.
func median(figures []float64) float64 {
	sorted := slices.Sorted(slices.Values(figures))
	return sorted[len(sorted)/2]
}

// cpuTime is what this process has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
