//go:build linux

package storetest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testdisk"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// BenchmarkPut is 64 writers that put single events of 420 bytes, for 2,000
// people. Beside the events per second it reports how many times as many that
// is as the disk can be made to keep one after another, in the same run.
func BenchmarkPut(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		dir := testdisk.Dir(b)
		st, err := sqlite.Open(filepath.Join(dir, "bot.db"))
		require.NoError(b, err)
		benchmarkPut(b, st, dir)
	})
	b.Run("postgres", func(b *testing.B) {
		st, err := postgres.Open(testpostgres.DSN(b))
		require.NoError(b, err)
		var dir string
		require.NoError(b, st.DB().Raw("SHOW data_directory").Scan(&dir).Error)
		if probe, err := os.MkdirTemp(dir, "messenger"); err == nil { //nolint:usetesting // it tries that directory
			require.NoError(b, os.Remove(probe))
		} else {
			dir = testdisk.Dir(b)
		}
		benchmarkPut(b, st, dir)
	})
}

func benchmarkPut(b *testing.B, st store.Store, dir string) {
	b.Helper()
	const writers, people, size = 64, 2000, 420
	b.Cleanup(func() { require.NoError(b, st.Close()) })
	syncs := testdisk.Syncs(b, dir)
	body := make([]byte, size)
	var next atomic.Int64
	took := make([][]time.Duration, writers)
	var wg sync.WaitGroup
	b.ResetTimer()
	for w := range writers {
		wg.Go(func() {
			for {
				i := next.Add(1)
				if i > int64(b.N) {
					return
				}
				began := time.Now()
				err := st.Put(context.Background(), store.Event{
					Conversation: store.Conversation{PageID: fmt.Sprint("page", i%20), PSID: fmt.Sprint(i % people)},
					Key:          fmt.Sprint(b.N, "/", i), Time: began, Body: body,
				})
				took[w] = append(took[w], time.Since(began))
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	rate := float64(b.N) / b.Elapsed().Seconds()
	all := slices.Sorted(slices.Values(slices.Concat(took...)))
	b.ReportMetric(rate, "events/s")
	b.ReportMetric(rate/syncs, "x-fdatasync")
	b.ReportMetric(syncs, "fdatasync/s")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}
