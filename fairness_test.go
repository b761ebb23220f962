package messenger_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// hotPage is one that many people write to.
const hotPage = "200000000000002"

// crowdOn is a callback in which so many people each write to a page.
func crowdOn(page string, people int) string {
	var entries []string
	for i := range people {
		entries = append(entries, entry(page, fmt.Sprint(9000+i), fmt.Sprint("m_crowd_", i), "hi"))
	}
	return `{"object":"page","entry":[` + strings.Join(entries, ",") + `]}`
}

// TestABusyPageDelaysNoOther: 130 people on one page, with turns of a second, fill no more than their page's part of the 64 workers.
func TestABusyPageDelaysNoOther(t *testing.T) {
	t.Parallel()
	answer := route("answer", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if ev.PageID == hotPage {
			time.Sleep(time.Second)
		}
		return reply.Reply(ctx, sending.Text("re: "+ev.Text()))
	})
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Policy: texts(answer)}, func(w *world) {
		require.Equal(t, http.StatusOK, w.Posts(crowdOn(hotPage, 130)).Code)
		for i := range 3 {
			after(300 * time.Millisecond)
			start := time.Now()
			w.Says(ada, fmt.Sprint(i))
			after(time.Millisecond)
			require.Len(t, w.Texts(ada), i+1)
			require.Less(t, time.Since(start), time.Second)
		}
		after(2100*time.Millisecond + 100*time.Millisecond) // three times 56 turns
		for i := range 130 {
			require.Len(t, w.Texts(fmt.Sprint(9000+i)), 1)
		}
	})
}

// TestABusyPageDelaysNoOtherOnDatabases: no turn of the busy page ends before the other page's person is answered.
func TestABusyPageDelaysNoOtherOnDatabases(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) (store.Store, error){
		"SQLite":     func(t *testing.T) (store.Store, error) { return sqlite.Open(filepath.Join(t.TempDir(), "bot.db")) },
		"PostgreSQL": func(t *testing.T) (store.Store, error) { return postgres.Open(testpostgres.DSN(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, err := open(t)
			require.NoError(t, err)
			platform := &sentTexts{texts: map[string]int{}}
			server := httptest.NewServer(platform)
			defer server.Close()
			release := make(chan struct{})
			bot, err := messenger.New(messenger.Config{
				Apps: []receiving.App{{ID: appID, Secrets: []secret.Value{secret.New(appSecret)}}}, VerifyToken: secret.New(verifyToken),
				Tokens: graph.PageToken(pageToken), GraphURL: server.URL, Store: st, Logger: slog.New(slog.DiscardHandler),
				TurnTimeout: 10 * time.Minute,
				Policy: texts(route("answer", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
					if ev.PageID == hotPage {
						select {
						case <-release:
						case <-ctx.Done():
						}
					}
					return reply.Reply(ctx, sending.Text(ev.PSID))
				})),
			})
			require.NoError(t, err)
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- bot.Run(ctx) }()
			require.Equal(t, http.StatusOK, postTo(bot, crowdOn(hotPage, 130)).Code)
			require.Equal(t, http.StatusOK, postTo(bot, callback(pageID, ada, "m_ada", "hi")).Code)
			want := map[string]int{ada: 1}
			platform.eventually(t, want)
			close(release)
			for i := range 130 {
				want[fmt.Sprint(9000+i)] = 1
			}
			platform.eventually(t, want)
			stop()
			require.NoError(t, <-ended)
			require.NoError(t, st.Close())
		})
	}
}

// TestAHotConversationDelaysNoOther: with a single worker, a person who has thousands of events waiting is handled in turn with
// others, 16 events at a time.
func TestAHotConversationDelaysNoOther(t *testing.T) {
	t.Parallel()
	var hot atomic.Int32
	answer := route("answer", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if ev.PSID == ada {
			hot.Add(1)
			time.Sleep(10 * time.Millisecond)
			return nil
		}
		return reply.Reply(ctx, sending.Text("re: "+ev.Text()))
	})
	inBubble(t, simulator.Config{}, messenger.Config{Policy: texts(answer), Workers: 1}, func(w *world) {
		const events = 10_000
		for i := 0; i < events; i += 500 {
			var entries []string
			for j := i; j < i+500; j++ {
				entries = append(entries, entry(pageID, ada, fmt.Sprint("m_", j), "x"))
			}
			require.Equal(t, http.StatusOK, w.Posts(`{"object":"page","entry":[`+strings.Join(entries, ",")+`]}`).Code)
		}
		for i := range 5 {
			after(time.Second)
			before := hot.Load()
			w.Says(lin, fmt.Sprint(i))
			for len(w.Texts(lin)) == i && hot.Load() < events {
				after(10 * time.Millisecond)
			}
			require.LessOrEqual(t, hot.Load()-before, int32(17))
			require.Less(t, hot.Load(), int32(events))
		}
		after(events * 10 * time.Millisecond)
		require.EqualValues(t, events, hot.Load())
	})
}

// TestABroadcastDelaysNoReply: neither the claims nor the page's send rate put the messages of a broadcast before a reply, also if the person
// who writes is among those who wait for theirs.
func TestABroadcastDelaysNoReply(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Policy: texts(echo)}, func(w *world) {
		const people = 6000 // 20 seconds of the page's rate
		for i := range people {
			require.NoError(t, w.bot.Send(t.Context(), pageID, fmt.Sprint(9000+i), sending.Text("news")))
		}
		for i := range 5 {
			after(time.Second)
			const writers = 100 // more than the page may send at once
			var entries []string
			for j := range writers {
				entries = append(entries, entry(pageID, fmt.Sprint(7000+j), fmt.Sprint("m_", i, "_", j), "hi"))
			}
			require.Equal(t, http.StatusOK, w.Posts(`{"object":"page","entry":[`+strings.Join(entries, ",")+`]}`).Code)
			after(time.Second)
			for j := range writers {
				require.Len(t, w.Texts(fmt.Sprint(7000+j)), i+1, "round %d, person %d", i, j)
			}
		}
		wrote := 0
		for i := range people {
			if psid := fmt.Sprint(9000 + i); len(w.Texts(psid)) == 0 && wrote < 20 {
				require.Equal(t, http.StatusOK, w.Posts(callback(pageID, psid, "m_"+psid, "hi")).Code)
				after(time.Second / 2)
				require.Equal(t, []string{"news", "you said hi"}, w.Texts(psid), "in order")
				wrote++
			}
		}
		require.Equal(t, 20, wrote, "the broadcast goes on")
		after(30 * time.Second)
		for i := range people {
			require.NotEmpty(t, w.Texts(fmt.Sprint(9000+i)))
		}
	})
}

// TestBuiltInPolicyIsAnnounced: a bot without a policy says which one runs.
func TestBuiltInPolicyIsAnnounced(t *testing.T) {
	t.Parallel()
	const line = "the built-in policy"
	token := graph.PageToken("t")
	for name, c := range map[string]struct {
		cfg  messenger.Config
		says int
	}{
		"no policy":                 {messenger.Config{Tokens: token}, 1},
		"a policy":                  {messenger.Config{Tokens: token, Policy: texts(echo)}, 0},
		"an empty policy":           {messenger.Config{Tokens: token, Policy: routing.Policy{}}, 0},
		"policies of pages":         {messenger.Config{Tokens: token, Policies: map[string]routing.Policy{pageID: texts(echo)}}, 0},
		"all pages have their own":  {messenger.Config{PagesAtRunTime: true, Pages: []messenger.Page{{ID: pageID, Token: token, Policy: texts(echo)}}}, 0},
		"a page without its own":    {messenger.Config{PagesAtRunTime: true, Pages: []messenger.Page{{ID: pageID, Token: token, Policy: texts(echo)}, {ID: hotPage, Token: token}}}, 1},
		"pages will come later":     {messenger.Config{Tokens: token, PagesAtRunTime: true}, 1},
		"defaults that were filled": {messenger.Config{Tokens: token}.WithDefaults(), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			c.cfg.Apps, c.cfg.VerifyToken = messenger.App("s"), secret.New("v")
			c.cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
			_, err := messenger.New(c.cfg)
			require.NoError(t, err)
			assert.Equal(t, c.says, strings.Count(log.String(), line), log.String())
		})
	}
}
