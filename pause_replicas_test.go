package messenger_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// looked counts how often conversations were given to a replica.
type looked struct {
	store.Store
	mu    sync.Mutex
	times map[string]int // by person
}

func (s *looked) Unwrap() store.Store { return s.Store }

func (s *looked) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	leases, err := s.Store.Claim(ctx, claim)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, lease := range leases {
		s.times[lease.PSID]++
	}
	return leases, err
}

func (s *looked) at(psid string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.times[psid]
}

// pausable is a replica, with what it has logged.
type pausable struct {
	*messenger.Bot

	log  *lockedLog
	stop func()
}

// lockedLog is a log that several goroutines write.
type lockedLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var _ io.Writer = (*lockedLog)(nil)

func runPausable(t *testing.T, st store.Store, url string) pausable {
	t.Helper()
	log := &lockedLog{}
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App(appSecret), GraphURL: url, Logger: slog.New(slog.NewTextHandler(log, nil)), Policy: answersAs("to"),
		Store: st, Tokens: graph.PageToken(pageToken), VerifyToken: secret.New(verifyToken),
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- bot.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	t.Cleanup(stop)
	return pausable{bot, log, stop}
}

func (p pausable) logs(t *testing.T, what string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(p.log.String(), what) }, time.Minute, 5*time.Millisecond)
}

// A pause holds on every replica, and on one that starts later, on each store; another replica can end it.
func TestPauseHoldsOnAllReplicas(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"memory", "sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			platform := &sentTexts{texts: map[string]int{}}
			server := httptest.NewServer(platform)
			t.Cleanup(server.Close)
			all := stores(t, kind, 3)
			watched := &looked{Store: all[1], times: map[string]int{}}
			first, second := runPausable(t, all[0], server.URL), runPausable(t, watched, server.URL)
			require.NoError(t, first.Pause(t.Context(), "1", "wrong prices"))
			second.logs(t, "wrong prices")
			first.stop() // so that the second one looks at all conversations

			want := map[string]int{}
			for i := range 5 {
				psid := fmt.Sprint(70 + i)
				require.Equal(t, 200, delivered(second.Bot, callback("1", psid, "m_"+psid, psid)))
				require.NoError(t, second.Send(t.Context(), "1", psid, sending.Text("news for "+psid)))
				want["to "+psid], want["news for "+psid] = 1, 1
				require.Eventually(t, func() bool { return watched.at(psid) >= 3 }, time.Minute, 5*time.Millisecond)
			}
			platform.mu.Lock()
			require.Empty(t, platform.texts)
			platform.mu.Unlock()
			second.stop()

			third := runPausable(t, all[2], server.URL)
			third.logs(t, "wrong prices")
			stats, err := third.Stats(t.Context())
			require.NoError(t, err)
			require.Equal(t, 10, stats.Queue.Events+stats.Queue.Sends, "nothing is lost")
			platform.mu.Lock()
			require.Empty(t, platform.texts)
			platform.mu.Unlock()
			resumed, err := third.Resume(t.Context(), "1")
			require.NoError(t, err)
			require.True(t, resumed)
			platform.eventually(t, want)
		})
	}
}

// Of pauses that several operators make at once, none is lost.
func TestPausesAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"memory", "sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var bots []*messenger.Bot
			for _, st := range stores(t, kind, 2) {
				bot, err := messenger.New(messenger.Config{
					Apps: messenger.App(appSecret), Logger: slog.New(slog.DiscardHandler), Store: st,
					Tokens: graph.PageToken(pageToken), VerifyToken: secret.New(verifyToken),
				})
				require.NoError(t, err)
				bots = append(bots, bot)
			}
			const pages = 20
			var done sync.WaitGroup
			errs := make([]error, pages)
			for i := range pages {
				done.Go(func() { errs[i] = bots[i%2].Pause(t.Context(), fmt.Sprint(i), "") })
			}
			done.Wait()
			for _, err := range errs {
				require.NoError(t, err)
			}
			paused, err := bots[0].Paused(t.Context())
			require.NoError(t, err)
			require.Len(t, paused, pages)
		})
	}
}
