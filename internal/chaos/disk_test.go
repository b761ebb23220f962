package chaos_test

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// While the disk is full callbacks are answered 503; with space again the bot
// goes on by itself. Nothing that was answered 200 is lost.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dsn := tempDatabase(t)
	platform := newPlatform(t)
	bot := start(t, dsn, platform.URL)
	ada := &person{page: "100000001", id: "71"}
	next := func() []byte {
		text := fmt.Sprint(verbSay, " ", ada.said+1)
		return callback([]said{{ada.page, ada.id, text, time.Now().UnixMilli()}})
	}
	tell := func() {
		postUntilTaken(bot.url, next())
		ada.said++
		platform.want(1)
	}
	// A probe that a busy machine does not finish within its time is repeated.
	becomes := func(want int, why string) {
		t.Helper()
		require.Eventually(t, func() bool {
			status, _ := bot.get("/healthz")
			return status == want
		}, time.Minute, 10*time.Millisecond, why)
	}
	tell()
	becomes(200, "there is space")

	status, _ := bot.get("/disk/4096")
	require.Equal(t, 200, status)
	for range 5 {
		require.NotEqual(t, 200, post(bot.url, next()))
	}
	status, _ = bot.get("/healthz")
	require.Equal(t, 503, status, "anyone who asks learns it")

	status, _ = bot.get("/disk/all")
	require.Equal(t, 200, status)
	for range 5 {
		tell()
	}
	becomes(200, "there is space again")
	<-platform.all()
	_, replies := ada.numbers()
	require.Equal(t, replies, platform.texts(ada.id))
	bot.stop()
}

// Past the bound of its backlog a page's callbacks are answered 503, and the
// process grows no more, however many are refused.
func TestFullBacklogCostsNoMemory(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t)
	bot := start(t, tempDatabase(t), platform.URL, "CHAOS_BACKLOG=200")
	var taken atomic.Int64
	flood := func(from, to int) {
		var posters sync.WaitGroup
		for w := range 16 {
			posters.Go(func() {
				for i := from + w; i < to; i += 16 {
					// Each waits at the gate, so that the backlog does not shrink.
					if post(bot.url, callback([]said{{"100000001", fmt.Sprint(7000 + i), verbHold + " 1", time.Now().UnixMilli()}})) == 200 {
						taken.Add(1)
					}
				}
			})
		}
		posters.Wait()
	}
	number := func(path string) int {
		_, text := bot.get(path)
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		return n
	}
	for from := 0; number("/left") < 200; from += 400 {
		flood(from, from+400)
	}
	before := number("/memory")
	flood(100_000, 102_000)
	require.Equal(t, 200, number("/left"))
	require.LessOrEqual(t, taken.Load(), int64(200), "the rest was refused")
	require.Less(t, number("/memory"), before*12/10)
}
