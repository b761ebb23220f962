//go:build linux

package storetest_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testdisk"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// BenchmarkPlay is what the life of an event asks of the store, in groups of G events
// for as many of 2,000 people, on tables with the dedup keys of 200,000 old events and
// as many records of sent messages: the group is put, claimed, committed (the end of the
// event, a touch of the person, one send, which is started) and settled (the send's
// result, its record, and the conversation given back). Each of the four steps is one
// transaction of the store.
//
// It reports the CPU time of this process for each event, without that of a PostgreSQL
// server; the time that passed; on SQLite the bytes that the process wrote, on
// PostgreSQL those of the log, with what others on the server do meanwhile; and how many
// events a group really had: the two writers on PostgreSQL split some groups. With
// -benchtime=1x the tables have 2,000 rows of each kind, or as many as PLAY_ROWS says.
//
// The files play_*_bench_test.go use nothing that the first store with tables of version
// 3 does not have, so that copies of them measure older commits: see make bench-compare.
func BenchmarkPlay(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		dir := testdisk.Dir(b)
		full := filepath.Join(dir, "full.db")
		st, err := sqlite.Open(full)
		require.NoError(b, err)
		prefill(b, st)
		require.NoError(b, st.Close())
		eachGroup(b, 1, written, func(b *testing.B, group int, clock func() time.Time) *gormstore.Store {
			b.Helper()
			content, err := os.ReadFile(full)
			require.NoError(b, err)
			path := filepath.Join(dir, fmt.Sprint(group, ".db"))
			require.NoError(b, os.WriteFile(path, content, 0o600))
			st, err := sqlite.Open(path, gormstore.WithClock(clock))
			require.NoError(b, err)
			return st
		})
	})
	b.Run("postgres", func(b *testing.B) {
		dsn := testpostgres.DSN(b)
		open := func(b *testing.B, _ int, clock func() time.Time) *gormstore.Store {
			b.Helper()
			st, err := postgres.Open(dsn, gormstore.WithClock(clock))
			require.NoError(b, err)
			return st
		}
		st := open(b, 0, time.Now)
		prefill(b, st)
		analyze(b, st)
		require.NoError(b, st.Close())
		eachGroup(b, 2, logged, open) // the groups share the tables
	})
}

// measure returns the count of something, and the unit of its difference for an event.
type measure func(b *testing.B, st *gormstore.Store) (count int64, unit string)

// eachGroup runs the play for each size of groups on a store of its own. Writers is how
// many transactions the store has under way at a time.
func eachGroup(b *testing.B, writers int, bytes measure, open func(b *testing.B, group int, clock func() time.Time) *gormstore.Store) {
	b.Helper()
	for _, group := range []int{1, 8, 64, 256} {
		p := &play{group: group, cohorts: writers + 1, turns: newTurns(), bytes: bytes}
		b.Run(fmt.Sprint("G=", group), func(b *testing.B) {
			if p.st == nil { // it runs several times, with more events each time
				p.st = open(b, group, p.turns.now)
			}
			p.measure(b)
		})
		if p.st != nil {
			require.NoError(b, p.st.Close())
		}
	}
}

// steps is how many transactions a group takes.
const steps = 4

// play is the play with groups of one size. There is one cohort of people more than
// transactions under way, so that one always waits while the store works.
type play struct {
	st             *gormstore.Store
	group, cohorts int
	turns          *turns
	bytes          measure
	played         int // events of each cohort
}

// measure plays b.N events, rounded up to whole groups.
func (p *play) measure(b *testing.B) {
	b.Helper()
	each := (b.N + p.group*p.cohorts - 1) / (p.group * p.cohorts) * p.group
	events := make([][]store.Event, p.cohorts)
	for c := range events {
		for i := range each {
			person := (p.played+i)*7919%(players/p.cohorts)*p.cohorts + c
			events[c] = append(events[c], newEvent(someone(person), time.Now(), incoming))
		}
	}
	p.played += each
	before, _ := p.bytes(b, p.st)
	begun := p.turns.count()
	cpu := cpuTime(b)
	var wg sync.WaitGroup
	b.ResetTimer()
	for _, events := range events {
		wg.Go(func() { p.cohort(b, events) })
	}
	wg.Wait()
	b.StopTimer()
	cpu = cpuTime(b) - cpu
	after, unit := p.bytes(b, p.st)
	n := float64(each * p.cohorts)
	b.ReportMetric(steps*n/float64(p.turns.count()-begun), "events/group")
	b.ReportMetric(0, "ns/op") // of b.N, which is not the number of events
	b.ReportMetric(float64(cpu.Nanoseconds())/1000/n, "cpu-us/event")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1000/n, "wall-us/event")
	b.ReportMetric(float64(after-before)/n, unit)
	stats, err := p.st.Stats(b.Context())
	require.NoError(b, err)
	require.Zero(b, stats.Events+stats.Sends+stats.InFlight, "all events were handled")
}

// cohort plays the events of a cohort in groups, one after another.
func (p *play) cohort(b *testing.B, events []store.Event) {
	b.Helper()
	ctx := b.Context()
	var turn *launch
	together := func(n int, run func(i int) error) {
		turn = p.turns.together(turn, n, func(i int) {
			if err := run(i); err != nil {
				b.Error(err)
			}
		})
	}
	for ; len(events) > 0; events = events[p.group:] {
		together(p.group, func(i int) error { return p.st.Put(ctx, events[i]) })
		// It claims as many as it has put: its own, or those of another cohort, which
		// then finds these.
		for left := p.group; left > 0 && !b.Failed(); {
			var leases []store.Lease
			together(1, func(int) (err error) {
				leases, err = p.st.Claim(ctx, store.Claim{Owner: "worker", Conversations: left, Events: 10, TTL: time.Minute})
				return err
			})
			left -= len(leases)
			together(len(leases), func(i int) error {
				due, err := p.st.Commit(ctx, answer(leases[i]))
				if err == nil && (len(due) != 1 || !due[0].Started) {
					err = fmt.Errorf("%d sends are due", len(due))
				}
				return err
			})
			together(len(leases), func(i int) error {
				_, err := p.st.Commit(ctx, settle(leases[i]))
				return err
			})
		}
	}
}

// answer is the outcome of a turn, as the engine has it.
func answer(l store.Lease) store.Outcome {
	ev := l.Events[0]
	send := store.Send{Conversation: l.Conversation, Key: ev.Key + "/0", Fresh: true, Group: ev.Key, Body: reply}
	return store.Outcome{
		Lease: l.LeaseID, Event: &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts},
		Writes: []store.Write{store.TouchPerson{PageID: l.PageID, PSID: l.PSID, At: ev.Time}},
		Sends:  []store.Send{send}, Start: send.Key, Due: 10,
	}
}

// settle is the outcome after the answer was sent.
func settle(l store.Lease) store.Outcome {
	key := l.Events[0].Key + "/0"
	return store.Outcome{
		Lease: l.LeaseID, Results: []store.SendResult{{Key: key, State: store.SendFinished}},
		Writes: []store.Write{store.SaveSent{Sent: sentTo(l.PageID, l.PSID, key, time.Now())}}, Due: 10, Release: true,
	}
}

var (
	incoming = []byte(strings.Repeat("x", 420))
	reply    = []byte(strings.Repeat("y", 200))
	request  = json.RawMessage(`{"recipient":{"id":"1234567890123456"},"message":{"text":"` + strings.Repeat("z", 60) + `"}}`)
)

func sentTo(pageID, psid, key string, at time.Time) store.Sent {
	return store.Sent{
		PageID: pageID, PSID: psid, Key: key, Type: "text", Body: request, Status: 200, MID: "m_" + key,
		Response: `{"recipient_id":"1234567890123456","message_id":"m_` + key + `"}`, Outcome: store.OutcomeSent, At: at,
	}
}

const players = 2000

// someone is one of the people. Pages are those of BenchmarkPut.
func someone(person int) store.Conversation {
	return store.Conversation{PageID: fmt.Sprint("page", person%20), PSID: strconv.Itoa(1_000_000_000 + person)}
}

// newEvent makes a message with a key in the form that package receiving makes. Its time
// is part of the key where the store has a field for that.
func newEvent(conv store.Conversation, at time.Time, body []byte) store.Event {
	digest := make([]byte, 16)
	_, _ = rand.Read(digest)
	ev := store.Event{Conversation: conv, Key: "message-" + base64.RawURLEncoding.EncodeToString(digest), Time: at, Body: body}
	if field := reflect.ValueOf(&ev).Elem().FieldByName("KeyTime"); field.IsValid() {
		field.Set(reflect.ValueOf(at))
	}
	return ev
}

// cpuTime is what this process has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// written is what this process has written to files and pipes.
func written(b *testing.B, _ *gormstore.Store) (int64, string) {
	b.Helper()
	counters, err := os.ReadFile("/proc/self/io")
	if errors.Is(err, os.ErrPermission) {
		return 0, "written-B/event"
	}
	require.NoError(b, err)
	_, after, _ := strings.Cut(string(counters), "wchar: ")
	count, _, _ := strings.Cut(after, "\n")
	n, err := strconv.ParseInt(count, 10, 64)
	require.NoError(b, err)
	return n, "written-B/event"
}

// logged is the position of the server's log.
func logged(b *testing.B, st *gormstore.Store) (n int64, unit string) {
	b.Helper()
	require.NoError(b, st.DB().Raw("SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint").Scan(&n).Error)
	return n, "wal-B/event"
}
