package messenger_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// limited is a platform that refuses what comes over a rate, in any second.
type limited struct {
	mu      sync.Mutex
	limit   int
	taken   []time.Time
	refused int
}

func (l *limited) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	status, body := http.StatusOK, `{"recipient_id":"1","message_id":"m"}`
	now := time.Now()
	if n := len(l.taken); n >= l.limit && now.Sub(l.taken[n-l.limit]) < time.Second {
		l.refused++
		status, body = http.StatusBadRequest, `{"error":{"code":613,"message":"too fast"}}`
	} else {
		l.taken = append(l.taken, now)
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// within counts what was taken in a time.
func (l *limited) within(from, to time.Time) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, at := range l.taken {
		if !at.Before(from) && at.Before(to) {
			n++
		}
	}
	return n
}

func TestReplicasShareAPagesLimit(t *testing.T) {
	t.Parallel()
	platform := &limited{limit: 300}
	cfg := messenger.Config{HTTPClient: &http.Client{Transport: platform}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		for i := range 30_000 {
			require.NoError(t, w.bot.Send(w.t.Context(), pageID, fmt.Sprint(i), sending.Text("news")))
		}
		stops := []func(){w.stop}
		for range 2 {
			after(1300 * time.Millisecond) // they come one after another
			w.start()
			stops = append(stops, w.stop)
		}
		after(3 * time.Second)
		from := time.Now()
		after(30 * time.Second)
		require.Zero(t, platform.refused)
		require.Greater(t, platform.within(from, time.Now()), 30*300*80/100, "most of the limit is used")

		// One goes, and the others take over its share.
		stops[0]()
		after(5 * time.Second)
		from = time.Now()
		after(10 * time.Second)
		require.Greater(t, platform.within(from, time.Now()), 10*300*80/100)
		require.Zero(t, platform.refused)
		for _, stop := range stops {
			stop()
		}
		synctest.Wait()
	})
}
