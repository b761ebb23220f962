package chaos_test

import (
	"context"
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

// While ten times as much comes in as is answered, the process grows no more after
// the first messages: what waits is in the database. The platform, which lets one
// turn commit for every ten callbacks, sets the speed of both.
func TestOverloadCostsNoMemory(t *testing.T) {
	t.Parallel()
	const (
		posters = 32
		people  = 20_000
		early   = 4_000   // messages that fill caches and pools
		padding = 1_500   // bytes of each message: what is kept of each would show
		most    = 6 << 10 // KiB that the process may grow after that
	)
	total := int64(12_000)
	switch {
	case scaleOf(t).long:
		total = 24_000
	case raceDetector: // which is slow, and keeps memory of its own for all that ever ran
		total = early + 1_000
	}
	platform := newPlatform(t)
	bot := start(t, tempDatabase(t), platform.URL)
	ctx, cancel := context.WithCancel(t.Context())
	var letting sync.WaitGroup
	let := make(chan struct{}, total)
	letting.Go(func() {
		for {
			select {
			case <-platform.waiting:
			case <-ctx.Done():
				return
			}
		}
	})
	letting.Go(func() {
		for {
			select {
			case <-let:
			case <-ctx.Done():
				return
			}
			select {
			case platform.gate <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	})
	defer letting.Wait()
	defer cancel()

	var posted atomic.Int64
	flood := func(until int64) {
		var posting sync.WaitGroup
		for range posters {
			posting.Go(func() {
				for n := posted.Add(1); n <= until; n = posted.Add(1) {
					page, id := 100000001+n%20, 7000000+n%people
					text := fmt.Sprintf("%s %0*d", verbHold, padding, n)
					body := callback([]said{{fmt.Sprint(page), fmt.Sprint(id), text, time.Now().UnixMilli()}})
					postUntilTaken(bot.url, body)
					if n%10 == 0 {
						let <- struct{}{}
					}
				}
			})
		}
		posting.Wait()
		posted.Store(until)
	}
	flood(early)
	before := bot.resident()
	flood(total)
	after := bot.resident()
	_, left := bot.get("/left")
	waiting, err := strconv.ParseInt(left, 10, 64)
	require.NoError(t, err)
	t.Logf("%d callbacks, %d of them handled; resident %d KiB after %d callbacks, %d KiB after all", total, total-waiting, before, early, after)
	require.Greater(t, waiting, total*8/10, "there was no overload")
	if !raceDetector {
		require.LessOrEqual(t, after, before+most)
	}
}

// resident is the memory of a process that is in use, in KiB, after it has given
// back what it can.
func (p *process) resident() int {
	p.t.Helper()
	status, _ := p.get("/memory")
	require.Equal(p.t, 200, status)
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid()))
	require.NoError(p.t, err)
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	require.NotEmpty(p.t, fields)
	kib, err := strconv.Atoi(fields[0])
	require.NoError(p.t, err)
	return kib
}
