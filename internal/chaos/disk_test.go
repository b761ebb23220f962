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
	say := func() (status int) {
		text := fmt.Sprint(verbSay, " ", ada.said+1)
		if status = post(bot.url, callback([]said{{ada.page, ada.id, text, time.Now().UnixMilli()}})); status == 200 {
			ada.said++
			platform.want(1)
		}
		return status
	}
	require.Equal(t, 200, say())
	status, _ := bot.get("/healthz")
	require.Equal(t, 200, status)

	status, _ = bot.get("/disk/4096")
	require.Equal(t, 200, status)
	for range 5 {
		require.Equal(t, 503, say())
	}
	status, _ = bot.get("/healthz")
	require.Equal(t, 503, status, "and whoever asks is told")

	status, _ = bot.get("/disk/all")
	require.Equal(t, 200, status)
	for range 5 {
		require.Equal(t, 200, say())
	}
	status, _ = bot.get("/healthz")
	require.Equal(t, 200, status)
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
					status := post(bot.url, callback([]said{{"100000001", fmt.Sprint(7000 + i), verbHold + " 1", time.Now().UnixMilli()}}))
					if status == 200 {
						taken.Add(1)
					} else if status != 503 {
						t.Errorf("answered %d", status)
					}
				}
			})
		}
		posters.Wait()
	}
	memory := func() int {
		_, text := bot.get("/memory")
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		return n
	}
	flood(0, 400)
	require.EqualValues(t, 200, taken.Load())
	before := memory()
	flood(400, 2400)
	require.EqualValues(t, 200, taken.Load())
	require.Less(t, memory(), before*12/10)
}
