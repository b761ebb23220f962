package messenger_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/sqlite"
)

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what pools have kept until the first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// longID is as long as an id may be, so that ids which are kept somewhere show.
func longID(i int) string { return fmt.Sprintf("%0*d", store.MaxRecipientID, i) }

// crowd yields so many people, one in a hundred of whom the store knows, and measures the heap now and then.
func crowd(people int, measure func()) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for i := range people {
			if i%(people/10) == 0 {
				measure()
			}
			if !yield(longID(i), nil) {
				return
			}
		}
	}
}

// broadcastTo sends a broadcast to a crowd, on SQLite, and returns by how much the heap grew.
func broadcastTo(tb testing.TB, people int) (growth uint64) {
	tb.Helper()
	ctx := tb.Context()
	st, err := sqlite.Open(filepath.Join(tb.TempDir(), "bot.db"))
	require.NoError(tb, err)
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App(appSecret), VerifyToken: secret.New(verifyToken), Tokens: graph.PageToken(pageToken), Store: st, Logger: quiet,
		HTTPClient: &http.Client{Transport: &recipients{sent: map[string]int{}}},
	})
	require.NoError(tb, err)
	for i := 0; i < people; i += 100 {
		require.NoError(tb, st.Apply(ctx, store.TouchPerson{PageID: pageID, PSID: longID(i), At: time.Now()}))
	}
	run, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { require.NoError(tb, bot.Run(run)) })

	before, most := heap(), uint64(0)
	measure := func() { most = max(most, heap()) }
	_, err = bot.Broadcast(ctx, pageID, "news", crowd(people, measure), sending.Text("news"))
	require.NoError(tb, err)
	require.Eventually(tb, func() bool {
		measure()
		b, err := bot.FindBroadcast(ctx, pageID, "news")
		return err == nil && b.State == store.BroadcastDone && b.Sent == people/100 && b.Unknown == people-people/100
	}, 5*time.Minute, 100*time.Millisecond)
	stop()
	running.Wait()
	require.NoError(tb, st.Close())
	return most - min(before, most)
}

// mostHeap is how much more a broadcast to 20,000 people may need than one to 1,000. The ids alone are 4 MB.
const mostHeap = 2 << 20

func TestTheNumberOfRecipientsCostsNoMemory(t *testing.T) { //nolint:paralleltest // it measures the heap of the process
	few, many := broadcastTo(t, 1000), broadcastTo(t, 20_000)
	t.Logf("1,000 people: %d KB; 20,000 people: %d KB", few>>10, many>>10)
	require.Less(t, many, few+mostHeap)
}

func BenchmarkBroadcast(b *testing.B) {
	people := small(100_000, 5_000)
	for b.Loop() {
		b.ReportMetric(float64(broadcastTo(b, people))/(1<<20), "MB-heap")
	}
	b.ReportMetric(float64(people)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
}
