package messenger_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// sentTexts is a platform that takes messages and notes them.
type sentTexts struct {
	mu    sync.Mutex
	texts map[string]int // how often each was sent
}

func (s *sentTexts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var request struct{ Message struct{ Text string } }
	body, err := io.ReadAll(r.Body)
	if err == nil && len(body) > 0 {
		err = json.Unmarshal(body, &request)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if request.Message.Text != "" {
		s.mu.Lock()
		s.texts[request.Message.Text]++
		s.mu.Unlock()
	}
	_, _ = io.WriteString(w, `{"recipient_id":"1","message_id":"m"}`)
}

// eventually waits until each of the texts was sent, and expects that each was sent once.
func (s *sentTexts) eventually(t *testing.T, want map[string]int) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		s.mu.Lock()
		defer s.mu.Unlock()
		require.Len(c, s.texts, len(want))
	}, time.Minute, 20*time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Equal(t, want, s.texts)
}

// replica runs a bot with the pages that it knows from the start.
func replica(t *testing.T, st store.Store, url string, pageIDs ...string) *messenger.Bot {
	t.Helper()
	cfg := messenger.Config{
		Apps:           []receiving.App{{ID: appID, Secrets: []secret.Value{secret.New(appSecret)}}},
		GraphURL:       url,
		Logger:         slog.New(slog.DiscardHandler),
		PagesAtRunTime: true,
		Policy:         answersAs("to"),
		Store:          st,
		Tokens:         graph.PageToken(pageToken),
		VerifyToken:    secret.New(verifyToken),
	}
	for _, id := range pageIDs {
		cfg.Pages = append(cfg.Pages, messenger.Page{ID: id})
	}
	bot, err := messenger.New(cfg)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- bot.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	return bot
}

// stores opens what several replicas work with: a database that each has a connection to, or one store for all.
func stores(t *testing.T, kind string, n int) []store.Store {
	t.Helper()
	all := make([]store.Store, n)
	open := func(open func() (store.Store, error)) store.Store {
		st, err := open()
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, st.Close()) })
		return st
	}
	switch kind {
	case "memory":
		all[0] = memory.New(memory.Config{})
	case "sqlite":
		all[0] = open(func() (store.Store, error) { return sqlite.Open(filepath.Join(t.TempDir(), "bot.db")) })
	case "postgres":
		dsn := testpostgres.DSN(t)
		for i := range all {
			all[i] = open(func() (store.Store, error) { return postgres.Open(dsn) })
		}
	}
	for i := range all {
		if all[i] == nil {
			all[i] = all[0]
		}
	}
	return all
}

// delivered gives a bot a callback as the platform does: one that a busy store did not take in time is delivered again.
func delivered(bot *messenger.Bot, body string) int {
	for {
		if code := postTo(bot, body).Code; code != http.StatusServiceUnavailable {
			return code
		}
	}
}

// leasedPages notes of which pages conversations were leased.
type leasedPages struct {
	store.Store
	mu    sync.Mutex
	pages map[string]bool
}

func (s *leasedPages) Unwrap() store.Store { return s.Store }

func (s *leasedPages) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	leases, err := s.Store.Claim(ctx, claim)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, lease := range leases {
		s.pages[lease.PageID] = true
	}
	return leases, err
}

func (s *leasedPages) seen() map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.pages)
}

// A replica that does not know a page takes none of its conversations, counts what waits for it, and takes them up when it
// is told of the page.
func TestReplicaLeavesPagesThatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"memory", "sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			platform := &sentTexts{texts: map[string]int{}}
			server := httptest.NewServer(platform)
			t.Cleanup(server.Close)
			all := stores(t, kind, 3)
			takes := replica(t, all[0], server.URL, "1", "2", "3")
			leased := &leasedPages{Store: all[1], pages: map[string]bool{}}
			second := replica(t, leased, server.URL, "1")
			want := map[string]int{}
			put := func(page string, n int) {
				for i := range n {
					text := fmt.Sprint(page, "-", i)
					body := callback(page, fmt.Sprint(70+i), "m_"+text, text)
					require.Equal(t, http.StatusOK, delivered(takes, body))
					want["to "+text] = 1
				}
			}
			put("1", 10)
			put("2", 10)
			put("3", 10)
			platform.eventually(t, want)

			require.NoError(t, takes.RemovePages("2", "3"))
			for _, bot := range []*messenger.Bot{takes, second} {
				for i := range 5 {
					body := callback("2", fmt.Sprint(70+i), fmt.Sprint("m_x", i), "x")
					require.Equal(t, http.StatusUnauthorized, postTo(bot, body).Code)
				}
			}
			st := all[2]
			for i := range 5 {
				late := store.Send{
					Conversation: store.Conversation{PageID: "2", PSID: fmt.Sprint(70 + i)}, Key: fmt.Sprint("s", i),
					Body: fmt.Appendf(nil, `{"created_at":%q,"message":{"messaging_type":"UPDATE","recipient":{"id":"70"},"text":"late %d"}}`, time.Now().Format(time.RFC3339), i),
				}
				require.EventuallyWithT(t, func(c *assert.CollectT) { // the database may be too busy to answer in time
					require.NoError(c, st.Enqueue(t.Context(), late))
				}, time.Minute, 20*time.Millisecond)
				want[fmt.Sprint("late ", i)] = 1
			}
			put1 := func(text string) {
				require.Equal(t, http.StatusOK, delivered(second, callback("1", "90", "m_"+text, text)))
				want["to "+text] = 1
			}
			require.EventuallyWithT(t, func(c *assert.CollectT) {
				put1(fmt.Sprint("again ", len(want)))
				require.NotEmpty(c, leased.seen())
			}, time.Minute, 20*time.Millisecond)
			sent := map[string]int{}
			for text, n := range want {
				if !strings.HasPrefix(text, "late") {
					sent[text] = n
				}
			}
			platform.eventually(t, sent)
			waits := func(sends int) {
				t.Helper()
				require.EventuallyWithT(t, func(c *assert.CollectT) {
					stats, err := second.Stats(t.Context())
					require.NoError(c, err)
					require.Equal(c, sends, stats.Unserved["2"].Sends)
					require.Zero(c, stats.Queue.InFlight)
				}, time.Minute, 20*time.Millisecond)
			}
			waits(5)

			replica(t, all[2], server.URL, "2")
			platform.eventually(t, want)
			waits(0)
			require.Equal(t, map[string]bool{"1": true}, leased.seen(), "it has not even leased others")
		})
	}
}

// While pages come and go, and two replicas know different ones, each event that was acknowledged is answered once.
func TestPagesChangeWhileTurnsRun(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"memory", "sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			platform := &sentTexts{texts: map[string]int{}}
			server := httptest.NewServer(platform)
			t.Cleanup(server.Close)
			all := stores(t, kind, 2)
			bots := []*messenger.Bot{replica(t, all[0], server.URL, "1"), replica(t, all[1], server.URL, "1", "2")}
			over := make(chan bool)
			var changers, senders sync.WaitGroup
			for i, bot := range bots {
				for _, page := range []string{"2", "3"} {
					changers.Go(func() {
						for n := 0; ; n++ {
							select {
							case <-over:
								return
							default:
							}
							p := messenger.Page{ID: page}
							if n%3 == 0 {
								p.PolicyOf = "1"
							}
							if err := bot.SetPages(p); err != nil {
								panic(err)
							}
							if (n+i)%2 == 0 {
								if err := bot.RemovePages(page); err != nil {
									panic(err)
								}
							}
						}
					})
				}
			}
			var mu sync.Mutex
			want := map[string]int{}
			for i := range 3 {
				page := fmt.Sprint(i + 1)
				senders.Go(func() {
					for n := range 40 {
						text := fmt.Sprint(page, "-", n)
						body := callback(page, fmt.Sprint(70+n%4), "m_"+text, text)
						code := postTo(bots[n%2], body).Code
						for code == http.StatusServiceUnavailable { // it may be stored or not, until the same one is acknowledged
							if again := delivered(bots[n%2], body); again == http.StatusOK {
								code = again
							}
						}
						mu.Lock()
						switch {
						case code == http.StatusOK:
							want["to "+text] = 1
						case page == "1" || code != http.StatusUnauthorized:
							panic(code)
						}
						mu.Unlock()
					}
				})
			}
			senders.Wait()
			close(over)
			changers.Wait()
			require.NoError(t, bots[0].SetPages(messenger.Page{ID: "2"}, messenger.Page{ID: "3"}))
			require.NoError(t, bots[1].RemovePages("1", "2", "3"))
			platform.eventually(t, want)
		})
	}
}
