//go:build linux

package messenger_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testdisk"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

var (
	idleFor    = flag.Duration("idle", 10*time.Second, "how long BenchmarkIdleTimers looks at each idle bot")
	idleTimers = flag.Int("timers", 1_000_000, "how many timers wait in BenchmarkIdleTimers")
)

// BenchmarkIdleTimers compares a store in which a million timers wait that are not due, one in
// each conversation, with one that has none. Each iteration looks at an idle bot on each for as
// long as the flag -idle says, and then claims conversations of both in turns. It reports
//
//   - idle-none-% and idle-timers-%, the CPU time of an idle bot as a share of a core, which of
//     PostgreSQL includes the connections of the bot, and idle-extra-%, the difference;
//   - claim-empty, the time of a claim when nothing is due, with the timers as a multiple of that
//     without: the ratio of the medians of many claims;
//   - claim-others, the same where 16 conversations without timers have an event each, and
//     claim-own where each of them has a timer, too.
func BenchmarkIdleTimers(b *testing.B) {
	b.Run("memory", func(b *testing.B) {
		benchmarkIdle(b, func(string) store.Store { return memory.New(memory.Config{}) })
	})
	b.Run("sqlite", func(b *testing.B) {
		benchmarkIdle(b, func(string) store.Store {
			st, err := sqlite.Open(filepath.Join(testdisk.Dir(b), "bot.db"))
			require.NoError(b, err)
			return st
		})
	})
	b.Run("postgres", func(b *testing.B) {
		benchmarkIdle(b, func(name string) store.Store {
			st, err := postgres.Open(testpostgres.With(b, testpostgres.DSN(b), "application_name", name))
			require.NoError(b, err)
			return st
		})
	})
}

func benchmarkIdle(b *testing.B, open func(name string) store.Store) {
	b.Helper()
	var stores [2]store.Store // without timers, and with them
	for i := range stores {
		st := open(fmt.Sprint("idle-", time.Now().UnixNano()))
		b.Cleanup(func() { require.NoError(b, st.Close()) })
		stores[i] = st
	}
	set := small(*idleTimers, 3000)
	setTimers(b, stores[1], set)
	stats, err := stores[1].(store.Inspector).Stats(b.Context())
	require.NoError(b, err)
	require.Equal(b, store.Stats{Timers: set}, stats)

	var idle [2][]float64
	var extra []float64
	claims := map[string]*[2][]float64{"claim-empty": {}, "claim-others": {}, "claim-own": {}}
	for round := 0; b.Loop(); round++ {
		for i := range stores {
			at := (i + round) % 2
			idle[at] = append(idle[at], 100*idleShare(b, stores[at]))
		}
		extra = append(extra, idle[1][round]-idle[0][round])
		runtime.GC()
		for n := range small(300, 20) {
			for i := range stores {
				at := (i + n) % 2
				claim := func(name string, events int, psid string) {
					took := &claims[name][at]
					*took = append(*took, claimTime(b, stores[at], events, psid, n).Seconds())
				}
				claim("claim-empty", 0, "")
				claim("claim-others", claimed, "other-")
				claim("claim-own", claimed, "")
			}
		}
	}
	b.ReportMetric(median(idle[0]), "idle-none-%")
	b.ReportMetric(median(idle[1]), "idle-timers-%")
	b.ReportMetric(median(extra), "idle-extra-%")
	for name, took := range claims {
		b.ReportMetric(median(took[1])/median(took[0]), name)
	}
	b.ReportMetric(median(claims["claim-own"][0])*1e6, "claim-none-µs")
}

// idleShare returns the CPU time of an idle bot as a part of a core.
func idleShare(b *testing.B, st store.Store) float64 {
	b.Helper()
	debug.FreeOSMemory() // or the runtime does it meanwhile
	defer newCounter(b, st, 1).run(b)()
	<-time.After(small(2*time.Second, 50*time.Millisecond)) // what it does at its start
	began := time.Now()
	used := cpuTime(b) + serverTime(b, st)
	<-time.After(small(*idleFor, 200*time.Millisecond))
	used = cpuTime(b) + serverTime(b, st) - used
	return used.Seconds() / time.Since(began).Seconds()
}

// serverTime is the CPU time that the connections of a store on PostgreSQL have used, and 0
// for other stores.
func serverTime(b *testing.B, st store.Store) (used time.Duration) {
	b.Helper()
	server, ok := st.(*gormstore.Store)
	if !ok || server.DB().Name() != "postgres" {
		return 0
	}
	var pids []int
	require.NoError(b, server.DB().Raw(`SELECT pid FROM pg_stat_activity
		WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid() ORDER BY pid`).Scan(&pids).Error)
	for _, pid := range pids {
		// Nanoseconds on a processor; then those of waiting for one, and how often it ran.
		times, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
		require.NoError(b, err, "the server runs on another machine")
		ran, _, _ := strings.Cut(string(times), " ")
		nanos, err := strconv.ParseInt(ran, 10, 64)
		require.NoError(b, err)
		used += time.Duration(nanos)
	}
	return used
}

// claimed is how many conversations a claim leases that finds events.
const claimed = 16

// claimTime returns how long a claim takes that leases as many conversations as there are
// events. The people, some of those whose id begins so, have an event each.
func claimTime(b *testing.B, st store.Store, events int, psid string, round int) time.Duration {
	b.Helper()
	put := make([]store.Event, events)
	for i := range put {
		who := round*events + i + 1
		put[i] = store.Event{
			Conversation: store.Conversation{PageID: fmt.Sprint(who%lifePages + 1), PSID: psid + fmt.Sprint(who)},
			Key:          fmt.Sprint(time.Now().UnixNano(), "-", i), KeyTime: time.Now(), Time: time.Now(), Body: []byte("hi"),
		}
	}
	if events > 0 {
		require.NoError(b, st.Put(b.Context(), put...))
	}
	began := time.Now()
	leases, err := st.Claim(b.Context(), store.Claim{Owner: "bench", Conversations: claimed, Events: claimed, TTL: time.Hour})
	took := time.Since(began)
	require.NoError(b, err)
	require.Len(b, leases, events)
	together(len(leases), func(i int) {
		if len(leases[i].Events) != 1 {
			b.Errorf("a claim has %d events", len(leases[i].Events))
			return
		}
		ev := leases[i].Events[0]
		if _, err := st.Commit(b.Context(), store.Outcome{
			Lease: leases[i].LeaseID, Event: &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}, Release: true,
		}); err != nil {
			b.Error(err)
		}
	})
	return took
}

// setTimers sets a timer in each of so many conversations, due within the next year and none
// within the next months. In databases the rows are copies of one, which is quicker.
func setTimers(b *testing.B, st store.Store, timers int) {
	b.Helper()
	const last, first = 360 * 24 * time.Hour, 60 * 24 * time.Hour
	step := (last - first) / time.Duration(timers)
	raise := func(n int) store.Write {
		return store.Raise{
			Conversation: store.Conversation{PageID: fmt.Sprint(n%lifePages + 1), PSID: fmt.Sprint(n)},
			Key:          "reminder", Body: make([]byte, 200), Delay: last - time.Duration(n)*step, Replace: true,
		}
	}
	server, ok := st.(*gormstore.Store)
	if !ok {
		for batch := range slices.Chunk(numbers(timers), 1000) {
			writes := make([]store.Write, len(batch))
			for i, n := range batch {
				writes[i] = raise(n)
			}
			require.NoError(b, st.Apply(b.Context(), writes...))
		}
		return
	}
	require.NoError(b, st.Apply(b.Context(), raise(0)))
	with := fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %d) ", timers)
	person := fmt.Sprintf("CAST(n.i %% %d + 1 AS TEXT), CAST(n.i AS TEXT)", lifePages)
	later := fmt.Sprintf("- CAST(n.i AS BIGINT) * %d", step.Microseconds())
	for _, statement := range []string{
		`INSERT INTO messenger_raised (page_id, person_id, key, event_key, due_at, order_at, event_at, raised_at, body, once, attempts, only_routes) ` +
			with + `SELECT ` + person + `, t.key, t.event_key, t.due_at ` + later + `, t.order_at ` + later + `, t.event_at ` + later + `, t.raised_at, t.body,
			t.once, t.attempts, t.only_routes FROM n CROSS JOIN messenger_raised t WHERE t.person_id = '0'`,
		`INSERT INTO messenger_conversations (page_id, person_id, next_at, hold_until, lease_until, owner, holder, token, deliveries, alone) ` +
			with + `SELECT ` + person + `, t.next_at ` + later + `, t.hold_until, t.lease_until, t.owner, t.holder, t.token, t.deliveries, t.alone
			FROM n CROSS JOIN messenger_conversations t WHERE t.person_id = '0'`,
		`ANALYZE messenger_raised`, `ANALYZE messenger_conversations`, // as the server does some time after a load
	} {
		if server.DB().Name() != "postgres" && strings.HasPrefix(statement, "ANALYZE") {
			continue
		}
		require.NoError(b, server.DB().Exec(statement).Error)
	}
}
