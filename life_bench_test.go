//go:build linux

package messenger_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/testdisk"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// BenchmarkLife is the whole life of an event: its signed callback, its turn, the
// commit, the answer sent to a platform on loopback, and that confirmed. Beside
// the events per second it reports how many times as many that is as the disk
// can be made to keep one after another, in the same run; and for SQLite what
// many known people and many waiting events cost.
func BenchmarkLife(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		b.Run("people-1000", func(b *testing.B) { benchmarkLife(b, openSQLite(b), 1000, 0) })
		b.Run("people-1000000", func(b *testing.B) { benchmarkLife(b, openSQLite(b), 1_000_000, 0) })
		b.Run("backlog-0", func(b *testing.B) { benchmarkLife(b, openSQLite(b), 1000, 0) })
		b.Run("backlog-100000", func(b *testing.B) { benchmarkLife(b, openSQLite(b), 1000, 100_000) })
	})
	b.Run("postgres", func(b *testing.B) {
		dsn := testpostgres.DSN(b)
		var replicas life
		for range 2 {
			st, err := postgres.Open(dsn)
			require.NoError(b, err)
			b.Cleanup(func() { require.NoError(b, st.Close()) })
			replicas.stores = append(replicas.stores, st)
		}
		replicas.dir = testdisk.Dir(b)
		benchmarkLife(b, replicas, 1000, 0)
	})
}

// life is the stores of the replicas, and a directory on the disk that they
// write to.
type life struct {
	dir    string
	stores []*gormstore.Store
}

func openSQLite(b *testing.B) life {
	b.Helper()
	dir := testdisk.Dir(b)
	st, err := sqlite.Open(filepath.Join(dir, "bot.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, st.Close()) })
	return life{dir, []*gormstore.Store{st}}
}

const (
	lifeWriters = 64
	lifePages   = 100 // each has a pace of its own
)

func benchmarkLife(b *testing.B, on life, people, backlog int) {
	b.Helper()
	fill(b, on.stores[0], people)
	syncs := testdisk.Syncs(b, on.dir)

	var mu sync.Mutex
	arrived := map[string]time.Time{} // by the event's number
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, text, _ := strings.Cut(string(body), "you said ")
		number, _, _ := strings.Cut(text, `"`)
		mu.Lock()
		arrived[number] = time.Now()
		mu.Unlock()
		_, _ = io.WriteString(w, `{"recipient_id":"1","message_id":"m"}`)
	}))
	b.Cleanup(platform.Close)
	transport := &http.Transport{MaxIdleConnsPerHost: 2 * lifeWriters}
	b.Cleanup(transport.CloseIdleConnections)

	var bots []*messenger.Bot
	for _, st := range on.stores {
		bot, err := messenger.New(messenger.Config{
			Apps:     []receiving.App{{ID: appID, Secrets: []secret.Value{secret.New(appSecret)}}},
			GraphURL: platform.URL, HTTPClient: &http.Client{Transport: transport}, Logger: slog.New(slog.DiscardHandler),
			Policy: texts(echo), Store: st, Tokens: graph.PageToken(pageToken), VerifyToken: secret.New(verifyToken),
		})
		require.NoError(b, err)
		bots = append(bots, bot)
	}
	var next atomic.Int64
	put := func(n int) map[string]time.Time {
		last := next.Load() + int64(n)
		began := make([]map[string]time.Time, lifeWriters)
		var writers sync.WaitGroup
		for i := range lifeWriters {
			began[i] = map[string]time.Time{}
			writers.Go(func() {
				for {
					number := next.Add(1)
					if number > last {
						return
					}
					began[i][fmt.Sprint(number)] = time.Now()
					deliver(b, bots[int(number)%len(bots)], number, people)
				}
			})
		}
		writers.Wait()
		next.Store(last)
		all := map[string]time.Time{}
		for _, some := range began {
			maps.Copy(all, some)
		}
		return all
	}
	put(backlog)

	ctx, stop := context.WithCancel(b.Context())
	var running sync.WaitGroup
	b.Cleanup(running.Wait)
	b.Cleanup(stop)
	b.ResetTimer()
	for _, bot := range bots {
		running.Go(func() { _ = bot.Run(ctx) })
	}
	began := put(b.N)
	for sent(b, bots) < int64(b.N) {
		time.Sleep(20 * time.Millisecond)
	}
	b.StopTimer()
	rate := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "events/s")
	b.ReportMetric(rate/syncs, "x-fdatasync")
	b.ReportMetric(syncs, "fdatasync/s")
	if backlog == 0 {
		var took []time.Duration
		mu.Lock()
		for number, at := range began {
			took = append(took, arrived[number].Sub(at))
		}
		mu.Unlock()
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	}
	stop()
	running.Wait()
}

// deliver posts a callback with one message, as the platform does.
func deliver(b *testing.B, bot *messenger.Bot, number int64, people int) {
	b.Helper()
	person := number * 7919 % int64(people)
	body := fmt.Sprintf(`{"object":"page","entry":[{"id":"%d","time":1760000000000,"messaging":[{"sender":{"id":"%d"},`+
		`"recipient":{"id":"%[1]d"},"timestamp":%[3]d,"message":{"mid":"m_%[4]d","text":"%[4]d"}}]}]}`,
		person%lifePages, person, time.Now().UnixMilli(), number)
	r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(body))
	r.Header.Set("X-Hub-Signature-256", "sha256="+proofOf(appSecret, body))
	w := httptest.NewRecorder()
	bot.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.Error(w.Code, w.Body)
	}
}

// sent counts the messages whose end the bots have seen.
func sent(b *testing.B, bots []*messenger.Bot) (n int64) {
	b.Helper()
	for _, bot := range bots {
		stats, err := bot.Stats(b.Context())
		require.NoError(b, err)
		for _, count := range stats.Sends {
			n += count
		}
	}
	return n
}

// fill makes people known who have written before.
func fill(b *testing.B, st *gormstore.Store, people int) {
	b.Helper()
	if people <= 1000 {
		return
	}
	for table, columns := range map[string]string{
		"messenger_people (page_id, psid, first_name, last_name, name, username, profile_pic, locale, gender, profile_at, " +
			"profile_refused, thumb_ups, first_seen, last_act, unavailable_since)": "'Ada', 'Byron', '', '', '', 'en_US', '', 1, false, 0, 1, 1, 0",
		"messenger_mailbox (page_id, person_id, hold_until, owner, holder, epoch, starts)": "0, '', 0, 0, 0",
	} {
		require.NoError(b, st.DB().Exec(fmt.Sprintf(
			`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %d)
			INSERT INTO %s SELECT CAST(i %% %d AS TEXT), CAST(i AS TEXT), %s FROM n`, people, table, lifePages, columns)).Error)
	}
}
