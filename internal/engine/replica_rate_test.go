package engine_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
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

// TestReplicasShareAPagesLimit: replicas that know of each other may send 256 of 300 messages a second,
// since newcomers have a part of the limit. Which replica takes up a message is up to chance, so most of
// the limit is used only over a long time.
func TestReplicasShareAPagesLimit(t *testing.T) {
	t.Parallel()
	platform := &limited{limit: 300}
	cfg := config{HTTPClient: &http.Client{Transport: platform}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		for i := range 20_000 {
			w.send(fmt.Sprint(i), sending.Text("news"))
		}
		stops := []func(){w.Stop}
		for range 2 {
			after(1300 * time.Millisecond) // they come one after another
			w.start()
			stops = append(stops, w.Stop)
		}
		after(3 * time.Second)
		from := time.Now()
		after(30 * time.Second)
		require.Zero(t, platform.refused)
		require.Greater(t, platform.within(from, time.Now()), 30*300*80/100, "most of what may be sent is sent")

		// One goes, and the others take over its share.
		stops[0]()
		after(5 * time.Second)
		from = time.Now()
		after(20 * time.Second)
		require.Greater(t, platform.within(from, time.Now()), 20*300*80/100)
		require.Zero(t, platform.refused)
		for _, stop := range stops {
			stop()
		}
		synctest.Wait()
	})
}

// A replica that the others do not know of yet leaves them the rate of a page that
// they use up, and no more: one that comes up beside a dead one, or takes over its
// work, is not to crawl.
func TestNewcomerTakesWhatIsLeftOfAPagesRate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		busy        []string
		least, most int // of a hundred messages in the first half second
	}{
		"others have room":     {nil, 40, 60},
		"another page is busy": {[]string{"another"}, 40, 60},
		"others are held up":   {[]string{pageID}, 2, 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform := &limited{limit: 300}
			cfg := config{HTTPClient: &http.Client{Transport: platform}}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Stop()
				_, err := bubble.As[store.Replicas](w.T, w.Store).Heartbeat(w.T.Context(), store.Replica{
					Owner: "other", Pages: []string{"another", pageID}, Busy: test.busy, TTL: time.Hour,
				})
				require.NoError(t, err)
				for i := range 100 {
					w.send(fmt.Sprint(i), sending.Text("news"))
				}
				from := time.Now()
				w.start()
				after(500 * time.Millisecond)
				sent := platform.within(from, time.Now())
				require.GreaterOrEqual(t, sent, test.least)
				require.LessOrEqual(t, sent, test.most)
			})
		})
	}
}

// What a replica tells the others of a page is that it is held up there, as long as
// it is.
func TestReplicaSaysWhereItIsHeldUp(t *testing.T) {
	t.Parallel()
	platform := &limited{limit: 300}
	inBubble(t, simulator.Config{}, config{HTTPClient: &http.Client{Transport: platform}}, func(w *world) {
		busy := func() []string {
			all, err := bubble.As[store.Replicas](w.T, w.Store).Heartbeat(w.T.Context(), store.Replica{Owner: "other", TTL: time.Millisecond})
			require.NoError(t, err)
			require.Len(t, all, 2)
			return all[slices.IndexFunc(all, func(r store.Replica) bool { return r.Owner != "other" })].Busy
		}
		send := func(messages int) {
			for i := range messages {
				w.send(fmt.Sprint(i), sending.Text("news"))
			}
		}
		send(20)
		after(2 * time.Second)
		require.Empty(t, busy())
		send(1000)
		after(2 * time.Second)
		require.Equal(t, []string{pageID}, busy())
		after(5 * time.Second)
		require.Empty(t, busy())
	})
}

func TestTwoReplicasHandleEachEventOnceAndInOrder(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: texts(echo)}, func(w *world) {
		stopFirst := w.Stop
		w.start() // a second bot on the same store
		var want []string
		for _, psid := range []string{ada, lin} {
			want = nil
			for _, text := range []string{"a", "b", "c", "d", "e"} {
				_, err := w.Say(t.Context(), psid, text)
				require.NoError(t, err)
				want = append(want, "you said "+text)
			}
		}
		after(3 * time.Second) // at first each has a small share of the page's rate
		require.Equal(t, want, w.Texts(ada))
		require.Equal(t, want, w.Texts(lin))
		stopFirst()
	})
}
