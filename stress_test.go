package messenger_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store/memory"
)

// Bots are started, used and stopped from all sides at once, in every order; the
// race detector looks on. Each Run ends, and says how.
func TestStartAndStopFromAllSides(t *testing.T) {
	t.Parallel()
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"recipient_id":"1","message_id":"m"}`))
	}))
	t.Cleanup(platform.Close)
	for round := range 40 {
		st := memory.New(memory.Config{})
		bot, err := messenger.New(messenger.Config{
			Apps:        []receiving.App{{ID: appID, Secrets: []secret.Value{secret.New(appSecret)}}},
			GracePeriod: 50 * time.Millisecond, GraphURL: platform.URL, Logger: slog.New(slog.DiscardHandler), Policy: texts(echo), Store: st,
			Tokens: graph.PageToken(pageToken), VerifyToken: secret.New(verifyToken),
		})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		if round%4 == 0 {
			cancel() // a stop before Run
		}
		ended := make(chan error, 3)
		var users sync.WaitGroup
		var acts atomic.Int64
		last := rand.Int64N(75) // of three users, who do five things five times
		act := func() {
			if acts.Add(1) > last { // any moment is a good one to stop
				cancel()
			}
		}
		for i := range cap(ended) {
			go func() { ended <- bot.Run(ctx) }()
			users.Go(func() {
				for j := range 5 {
					psid := fmt.Sprint(j % 3)
					body := fmt.Sprintf(`{"object":"page","entry":[{"id":"%s","messaging":[{"sender":{"id":"%s"},"recipient":{"id":"%s"},`+
						`"timestamp":%d,"message":{"mid":"m_%d_%d","text":"hi"}}]}]}`, pageID, psid, pageID, time.Now().UnixMilli(), i, j)
					r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(body))
					r.Header.Set("X-Hub-Signature-256", "sha256="+proofOf(appSecret, body))
					bot.ServeHTTP(httptest.NewRecorder(), r)
					act()
					_ = bot.Send(context.WithoutCancel(ctx), pageID, psid, sending.Text("news"))
					act()
					_ = bot.Healthy(context.WithoutCancel(ctx))
					act()
					_, _ = bot.Stats(context.WithoutCancel(ctx))
					act()
					_ = bot.SetPolicy(texts(three))
					act()
				}
			})
		}
		users.Wait()
		var ran int
		for range cap(ended) {
			if err := <-ended; err == nil {
				ran++
			} else {
				require.ErrorIs(t, err, messenger.ErrRunning)
			}
		}
		require.Equal(t, 1, ran, "one of them ran")
		require.ErrorIs(t, bot.Run(t.Context()), messenger.ErrRunning, "and none after it")
		require.ErrorIs(t, bot.Healthy(t.Context()), messenger.ErrNotRunning)
		require.NoError(t, st.Close())
	}
}
