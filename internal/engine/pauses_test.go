package engine

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestRestsOfAPausedPage: however many conversations wait, they are looked at 200 times a second, or each once a minute, and
// those of a page that is paused later do not wait behind them.
func TestRestsOfAPausedPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const conversations = 50_000
		p := &pauses{e: &Engine{cfg: Config{Logger: slog.New(slog.DiscardHandler)}}, applied: 1, stored: storedPauses{"1": {}, "2": {}}}
		looks := map[time.Duration]int{} // by second
		for i := range conversations {
			rest := p.rest("1")
			require.LessOrEqual(t, rest, pauseRestMost)
			if i < 12_000-200 {
				require.Equal(t, pauseRest+time.Duration(i+1)*pauseLonger, rest)
			}
			looks[rest/time.Second]++
		}
		for second, n := range looks {
			require.Less(t, n, 1600, "in second %d", second)
		}
		require.LessOrEqual(t, time.Until(p.line), pauseRestMost, "the line does not grow beyond what a conversation rests")

		p.e.wake = make(chan struct{}, 1)
		p.report(p.apply(2, storedPauses{"2": {}}))
		require.Zero(t, p.rest("1"))
		require.Equal(t, pauseRest+pauseLonger, p.rest("2"))
	})
}

// TestPausesThatWereNeverRead: that nothing is sent is an error, and is said again.
func TestPausesThatWereNeverRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		p := &pauses{e: &Engine{cfg: Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}}}
		away := errors.New("the store is away")
		for range 150 {
			p.fail(away)
			time.Sleep(pausesEvery)
		}
		require.Equal(t, 3, bytes.Count(log.Bytes(), []byte(`level=ERROR msg="nothing is sent until`)), log.String())
		p.apply(1, nil)
		log.Reset()
		for range 150 {
			p.fail(away)
			time.Sleep(pausesEvery)
		}
		require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("what was read last holds")))
		require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("level=")))
	})
}
