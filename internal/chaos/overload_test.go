package chaos_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// While ten times as much comes in as can be answered, the process grows no more
// after its first moments: what waits is in the database.
func TestOverloadCostsNoMemory(t *testing.T) {
	t.Parallel()
	const (
		answers = 500 * time.Millisecond // of the platform, so that 64 workers do 128 a second
		posters = 32
		pace    = 25 * time.Millisecond // of each poster, so that 1,280 a second come in
		people  = 20_000
	)
	settled, over := 10*time.Second, 20*time.Second
	if scaleOf(t).long {
		over = time.Minute
	}
	platform := newPlatform(t)
	platform.slow = answers
	bot := start(t, tempDatabase(t), platform.URL)

	var posted atomic.Int64
	quit := make(chan struct{})
	var posting sync.WaitGroup
	for range posters {
		posting.Go(func() {
			tick := time.NewTicker(pace)
			defer tick.Stop()
			for {
				select {
				case <-quit:
					return
				case <-tick.C:
				}
				n := posted.Add(1)
				page, id := 100000001+n%20, 7000000+n%people
				text := fmt.Sprint(verbSay, " ", n)
				if status := post(bot.url, callback([]said{{fmt.Sprint(page), fmt.Sprint(id), text, time.Now().UnixMilli()}})); status != 200 {
					t.Errorf("answered %d", status)
				}
			}
		})
	}
	time.Sleep(settled)
	before := resident(t, bot.pid())
	time.Sleep(over - settled)
	after := resident(t, bot.pid())
	close(quit)
	posting.Wait()

	_, left := bot.get("/left")
	waiting, err := strconv.ParseInt(left, 10, 64)
	require.NoError(t, err)
	done := posted.Load() - waiting
	t.Logf("%d events in %v, %d of them answered; resident %d KiB after %v, %d KiB after %v (%.2f times)",
		posted.Load(), over, done, before, settled, after, over, float64(after)/float64(before))
	require.Greater(t, posted.Load(), 3*done, "there was no overload")
	if !raceDetector { // which keeps memory of its own for all that ever ran
		require.LessOrEqual(t, after, before*12/10)
	}
}

// resident is the memory of a process that is in use, in KiB.
func resident(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(rest)
	require.NotEmpty(t, fields)
	kib, err := strconv.Atoi(fields[0])
	require.NoError(t, err)
	return kib
}
