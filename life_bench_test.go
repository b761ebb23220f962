//go:build linux

package messenger_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/testdisk"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// BenchmarkLife is the whole life of an event: its signed callback, its turn, the
// commit, the answer sent to a platform on loopback, and that confirmed. Beside
// the events per second it reports how many times as many that is as the disk
// can be made to keep one after another, in the same run; and for SQLite what
// many known people and many waiting events cost. The bots have default settings, and
// the process has what GOGC says. Of a benchmark named workers each iteration is a round of
// runs, see benchmarkWorkers.
func BenchmarkLife(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		b.Run("people-1000", func(b *testing.B) { benchmarkLife(b, openSQLite(b), conditions{people: 1000}) })
		b.Run("people-1000000", func(b *testing.B) { benchmarkLife(b, openSQLite(b), conditions{people: 1_000_000}) })
		b.Run("backlog-0", func(b *testing.B) { benchmarkLife(b, openSQLite(b), conditions{people: 1000}) })
		b.Run("backlog-100000", func(b *testing.B) { benchmarkLife(b, openSQLite(b), conditions{people: 1000, backlog: 100_000}) })
		b.Run("workers", func(b *testing.B) { benchmarkWorkers(b, openSQLite) })
	})
	b.Run("postgres", func(b *testing.B) {
		b.Run("people-1000", func(b *testing.B) { benchmarkLife(b, openPostgres(b), conditions{people: 1000}) })
		b.Run("workers", func(b *testing.B) { benchmarkWorkers(b, openPostgres) })
	})
}

// life is the stores of the replicas, and a directory on the disk that they
// write to.
type life struct {
	dir    string
	stores []store.Store
}

func openSQLite(b *testing.B) life {
	b.Helper()
	dir := testdisk.Dir(b)
	st, err := sqlite.Open(filepath.Join(dir, "bot.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, st.Close()) })
	return life{dir, []store.Store{st}}
}

// openPostgres opens the stores of two replicas.
func openPostgres(b *testing.B) life {
	b.Helper()
	dsn := testpostgres.DSN(b)
	replicas := life{dir: testdisk.Dir(b)}
	for range 2 {
		st, err := postgres.Open(dsn)
		require.NoError(b, err)
		b.Cleanup(func() { require.NoError(b, st.Close()) })
		replicas.stores = append(replicas.stores, st)
	}
	return replicas
}

const (
	lifeWriters = 64
	lifeWaiting = 256 // events that are on their way at any time, beside a backlog
	lifePages   = 100 // each has a pace of its own
	lifeWarmUp  = 2 * time.Second
)

// conditions are what a run has besides its stores.
type conditions struct {
	people, backlog int
	workers         int  // Config.Workers; 0 is the default
	waiting         int  // events that are on their way at any time, beside the backlog; 0 is lifeWaiting
	signals         bool // the events are signals of the program to known people, and not callbacks
}

func benchmarkLife(b *testing.B, on life, c conditions) {
	b.Helper()
	fill(b, on.stores[0], c.people)
	syncs := testdisk.Syncs(b, on.dir)
	rate, took := live(b, on, c, b.Loop)
	b.ReportMetric(rate, "events/s")
	b.ReportMetric(rate/syncs, "x-fdatasync")
	b.ReportMetric(syncs, "fdatasync/s")
	if c.backlog == 0 {
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	}
}

// benchmarkWorkers compares the default of Config.Workers with other values: each iteration
// runs all of them, each with new stores, for as many events, beginning with another one.
// It reports the median rate with the default, those with the others as multiples of that,
// and the default as a part of the best.
func benchmarkWorkers(b *testing.B, open func(*testing.B) life) {
	b.Helper()
	const events = 5000
	settings := []int{0, 64, 128, 512}
	rates := make([][]float64, len(settings))
	for round := 0; b.Loop(); round++ {
		for i := range settings {
			at := (i + round) % len(settings)
			on, left := open(b), events
			rate, _ := live(b, on, conditions{people: 1000, workers: settings[at]}, func() bool { left--; return left >= 0 })
			rates[at] = append(rates[at], rate)
			for _, st := range on.stores {
				require.NoError(b, st.Close())
			}
		}
	}
	best := 0.0
	for i := range rates {
		slices.Sort(rates[i])
		median := rates[i][len(rates[i])/2]
		best = max(best, median)
		if settings[i] != 0 {
			b.ReportMetric(median/rates[0][len(rates[0])/2], fmt.Sprintf("x-workers-%d", settings[i]))
		}
	}
	b.ReportMetric(rates[0][len(rates[0])/2], "events/s")
	b.ReportMetric(rates[0][len(rates[0])/2]/best, "default/best")
}

// live runs bots with as many events on their way as in lifeWaiting, while more returns
// true: for each answer that arrives at the platform another callback is posted. It returns
// the events per second, and how long each of those took that are no part of the backlog,
// in order.
func live(b *testing.B, on life, c conditions, more func() bool) (rate float64, all []time.Duration) {
	b.Helper()
	waiting := cmp.Or(c.waiting, lifeWaiting)
	answered := make(chan struct{}, c.backlog+waiting)
	var began, took sync.Map // by the event's number
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, text, _ := strings.Cut(string(body), "you said ")
		number, _, _ := strings.Cut(text, `"`)
		if at, ok := began.LoadAndDelete(number); ok {
			took.Store(number, time.Since(at.(time.Time)))
		}
		answered <- struct{}{}
		_, _ = io.WriteString(w, `{"recipient_id":"1","message_id":"m"}`)
	}))
	defer platform.Close()

	var bots []*messenger.Bot
	for _, st := range on.stores {
		bot, err := messenger.New(messenger.Config{
			Apps:     []receiving.App{{ID: appID, Secrets: []secret.Value{secret.New(appSecret)}}},
			GraphURL: platform.URL, Logger: slog.New(slog.DiscardHandler),
			Policy: echoes(), Store: st, Tokens: graph.PageToken(pageToken), VerifyToken: secret.New(verifyToken), Workers: c.workers,
		})
		require.NoError(b, err)
		bots = append(bots, bot)
	}
	posted, first := 0, int(time.Now().UnixMicro()) // of a store that had other runs each event is new
	posts := make(chan int)
	var writers sync.WaitGroup
	for range lifeWriters {
		writers.Go(func() {
			for number := range posts {
				if bot := bots[number%len(bots)]; c.signals {
					signal(b, bot, number, c.people)
				} else {
					deliver(b, bot, number, c.people)
				}
			}
		})
	}
	post := func() {
		posted++
		began.Store(fmt.Sprint(first+posted), time.Now())
		posts <- first + posted
	}
	for range c.backlog {
		post()
	}

	ctx, stop := context.WithCancel(b.Context())
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	for _, bot := range bots {
		running.Go(func() { _ = bot.Run(ctx) })
	}
	for range waiting {
		post()
	}
	// Replicas first get to know of each other, and divide the pages' rates.
	for warm := time.Now().Add(lifeWarmUp); time.Now().Before(warm); post() {
		<-answered
	}
	began.Clear()
	took.Clear()
	events, start := 0, time.Now()
	for ; more(); events++ {
		<-answered
		post()
	}
	rate = float64(events) / time.Since(start).Seconds()
	close(posts)
	writers.Wait()
	if c.backlog == 0 {
		require.Eventually(b, func() bool { return sent(b, bots) >= int64(posted) }, time.Hour, time.Millisecond)
		took.Range(func(_, d any) bool {
			all = append(all, d.(time.Duration))
			return true
		})
		slices.Sort(all)
	}
	return rate, all
}

// deliver posts a callback with one message, as the platform does.
func deliver(b *testing.B, bot *messenger.Bot, number, people int) {
	b.Helper()
	conv := one(number, people)
	body := fmt.Sprintf(`{"object":"page","entry":[{"id":"%s","time":1760000000000,"messaging":[{"sender":{"id":"%s"},`+
		`"recipient":{"id":"%[1]s"},"timestamp":%[3]d,"message":{"mid":"m_%[4]d","text":"%[4]d"}}]}]}`,
		conv.PageID, conv.PSID, time.Now().UnixMilli(), number)
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "/webhook", strings.NewReader(body))
	if err != nil {
		b.Error(err)
		return
	}
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
func fill(b *testing.B, st store.Store, people int) {
	b.Helper()
	if people <= 1000 {
		return
	}
	require.NoError(b, st.(*gormstore.Store).DB().Exec(fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %d)
		INSERT INTO messenger_people (page_id, psid, first_name, last_name, name, username, profile_pic, locale, gender, profile_at,
			profile_refused, thumb_ups, first_seen, last_act, unavailable_since)
		SELECT CAST(i %% %d + 1 AS TEXT), CAST(i AS TEXT), 'Ada', 'Byron', '', '', '', 'en_US', '', 1, false, 0, 1, 1, 0 FROM n`,
		people, lifePages)).Error)
}
