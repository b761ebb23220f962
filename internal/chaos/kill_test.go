package chaos_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// scale says how long a run is.
type scale struct {
	kills   int           // enough of them
	time    time.Duration // enough time
	groups  int
	think   time.Duration // the longest that a group of people pauses
	fails   int           // events that fail whenever they are tried
	exits   int           // events that end their process
	seed    uint64
	patient time.Duration // when a run that hangs is given up
	long    bool          // as `make chaos` has it
}

// scaleOf reads how long a run is meant to be.
func scaleOf(t *testing.T) scale {
	t.Helper()
	s := scale{kills: 3, time: 20 * time.Second, groups: 6, think: 200 * time.Millisecond, exits: 1, seed: rand.Uint64(), patient: 5 * time.Minute}
	number := func(name string) (n int, ok bool) {
		n, err := strconv.Atoi(os.Getenv(name))
		return n, err == nil
	}
	if seconds, ok := number("CHAOS_SECONDS"); ok {
		s.time, s.kills, s.long = time.Duration(seconds)*time.Second, 1_000_000, true
	}
	if kills, ok := number("CHAOS_KILLS"); ok {
		s.time, s.kills, s.long = 20*time.Minute, kills, true
	}
	if s.long {
		s.groups, s.think, s.fails, s.exits, s.patient = 16, time.Second, 3, 2, 10*time.Minute
	}
	if seed, err := strconv.ParseUint(os.Getenv("CHAOS_SEED"), 10, 64); err == nil {
		s.seed = seed
	}
	t.Logf("CHAOS_SEED=%d repeats these dice", s.seed)
	return s
}

// run is a bot under chaos, and what is known of it.
type run struct {
	t        *testing.T
	scale    scale
	dsn      string
	dice     *rand.Rand
	platform *platform
	replicas *replicas
	crowd    *crowd

	ending    sync.Mutex // held by what stops a process to look at it
	mu        sync.Mutex
	mayDouble map[string]bool // sends that were on their way when a process died
	onTheWay  int
	kills     int // by the test
	exits     int // by a handler
	pauses    int
	fenced    int
	announced bool // there is a broadcast
}

func newRun(t *testing.T, dsn string) *run {
	t.Helper()
	return newRunOf(t, dsn, scaleOf(t))
}

func newRunOf(t *testing.T, dsn string, s scale) *run {
	t.Helper()
	r := &run{t: t, scale: s, dsn: dsn, platform: newPlatform(t), replicas: &replicas{}, mayDouble: map[string]bool{}}
	r.dice = rand.New(rand.NewPCG(r.scale.seed, 0))
	r.platform.dying = r.end
	r.crowd = newCrowd(r.platform, r.replicas, r.scale.groups, r.scale.think)
	everybody := r.crowd.people()
	r.dice.Shuffle(len(everybody), func(i, j int) { everybody[i], everybody[j] = everybody[j], everybody[i] })
	for i := range r.scale.fails + r.scale.exits {
		verb := verbFail
		if i >= r.scale.fails {
			verb = verbExit
		}
		everybody[i].poison[1+r.dice.IntN(3)] = fmt.Sprint(verb, " ", i)
	}
	return r
}

// between waits for a random time and returns true if the process ended by
// itself before that.
func (r *run) between(p *process, least, most time.Duration) bool {
	select {
	case <-p.ended:
		return true
	case <-time.After(least + time.Duration(r.dice.Int64N(int64(most-least)))):
		return false
	}
}

// kill ends a process, but not while it runs an event alone: that would be taken for
// the event's doing, and rightly so.
func (r *run) kill(p *process) {
	for !r.tryKill(p.pid()) {
		if r.between(p, 10*time.Millisecond, 50*time.Millisecond) {
			return
		}
	}
	<-p.ended
	r.kills++
	r.exits-- // revive counts it
}

// tryKill returns false, and leaves the process alone, if it runs an event alone.
func (r *run) tryKill(pid int) bool {
	r.ending.Lock()
	defer r.ending.Unlock()
	assert.NoError(r.t, halt(pid))
	alone, err := look(r.dsn, pid, aloneEvents)
	assert.NoError(r.t, err)
	if len(alone) > 0 {
		_ = syscall.Kill(pid, syscall.SIGCONT)
		return false
	}
	r.mark(pid)
	_ = syscall.Kill(pid, syscall.SIGKILL)
	return true
}

// end ends a process at once, after a look at what is under way: when it has ended
// another one may go on with that.
func (r *run) end(pid int) {
	r.ending.Lock()
	defer r.ending.Unlock()
	assert.NoError(r.t, halt(pid))
	r.mark(pid)
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

// mark notes the sends of a stopped process that are on their way.
func (r *run) mark(pid int) {
	keys, err := look(r.dsn, pid, startedSends)
	assert.NoError(r.t, err)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.onTheWay += len(keys)
	for _, key := range keys {
		r.mayDouble[key] = true
	}
}

// fenced is what a bot logs when a commit of its comes too late.
const fenced = "the lease was lost before the commit"

// arrive waits until all is quiet, every reply has arrived and the queue is
// empty. Meanwhile it starts again what a handler has ended.
func (r *run) arrive(live []*process) {
	r.t.Helper()
	hushed := make(chan struct{})
	go func() {
		r.crowd.hush()
		close(hushed)
	}()
	var all <-chan struct{}
	var empty <-chan time.Time
	quiet := hushed
	deadline := time.After(r.scale.patient)
	for {
		select {
		case <-quiet:
			quiet, all = nil, r.platform.all()
		case <-all:
			all, empty = nil, time.Tick(50*time.Millisecond)
		case <-empty:
			if _, left := live[0].get("/left"); left == "0" {
				return
			}
		case <-deadline:
			require.Fail(r.t, "replies are missing", "%s", r.missing())
		case <-time.After(50 * time.Millisecond):
		}
		r.revive(live)
	}
}

// revive starts again the processes that have ended by themselves.
func (r *run) revive(live []*process) {
	r.t.Helper()
	for i, p := range live {
		select {
		case <-p.ended:
			r.exits++
			r.fenced += p.said(fenced)
			live[i] = start(r.t, r.dsn, r.platform.URL)
		default:
		}
	}
	r.serve(live)
}

// serve tells the platform where the bot is.
func (r *run) serve(live []*process) {
	urls := make([]string, len(live))
	for i, p := range live {
		urls[i] = p.url
	}
	r.replicas.set(urls...)
}

// missing says whose replies are missing.
func (r *run) missing() string {
	var b strings.Builder
	for _, p := range r.crowd.people() {
		if got := len(r.platform.texts(p.id)); got != p.said {
			fmt.Fprintf(&b, "person %s: %d of %d, poison %v\n", p.id, got, p.said, p.poison)
		}
	}
	return b.String()
}

// check holds what happened against the promises, when no process runs.
func (r *run) check() {
	t := r.t
	t.Helper()
	st := opened(t, r.dsn)
	defer func() { require.NoError(t, st.Close()) }()

	poisoned := map[string]string{}
	replies, raisedTurns := 0, 0
	var waits []time.Duration
	for _, p := range r.crowd.people() {
		want, texts := p.numbers()
		session, err := st.Session(t.Context(), p.page, p.id, sessionName)
		if len(want) == 0 {
			require.ErrorIs(t, err, store.ErrNotFound)
			continue
		}
		require.NoError(t, err)
		var applied []int
		require.NoError(t, json.Unmarshal(session.Data, &applied))
		require.Equal(t, want, applied, "person %s: each event takes effect once, in order", p.id)
		require.EqualValues(t, len(want), session.Version)
		require.Equal(t, texts, r.platform.texts(p.id), "person %s: each reply arrives, in order", p.id)
		replies += len(want)
		raisedTurns += checkRaised(t, st, p)
		for n, text := range p.poison {
			if n <= p.said {
				poisoned[p.id] = text
			}
		}
		if len(p.poison) == 0 {
			for _, a := range r.platform.answers(p.id) {
				waits = append(waits, a.at.Sub(a.accepted))
			}
		}
	}
	sends := replies
	r.checkDead(st, poisoned)
	if r.announced {
		checkBroadcast(t, st, r.platform)
		sends += listeners
	}
	stats, err := st.Stats(t.Context())
	require.NoError(t, err)
	require.Zero(t, stats.Events+stats.Timers+stats.Sends+stats.InFlight, "nothing is left over")

	keys, extra := r.platform.doubled()
	for _, key := range keys {
		require.True(t, r.mayDouble[key], "a send arrived twice that was not on its way at a kill")
	}
	require.LessOrEqual(t, extra, r.onTheWay)

	t.Logf("%d callbacks (%d delivered again, %d not answered 200), %d replies; %d kills, %d exits, %d pauses; "+
		"lost 0; sends doubled %d of %d (%.2f %%), on their way at kills %d; stale commits fenced %d; dead letters %d",
		r.crowd.callbacks.Load(), r.crowd.repeated.Load(), r.crowd.refused.Load(), replies, r.kills, r.exits, r.pauses,
		extra, sends, 100*float64(extra)/float64(sends), r.onTheWay, r.fenced, len(poisoned))
	t.Logf("%d signals and timers: lost 0, handled twice 0, before their time 0", raisedTurns)
	t.Logf("from the 200 to the reply, of people without poison: %s", spread(waits))
}

// checkDead asks for one dead letter for each poison, and none else.
func (r *run) checkDead(st store.DeadLetters, poisoned map[string]string) {
	t := r.t
	t.Helper()
	letters, err := st.Dead(t.Context(), store.DeadQuery{})
	require.NoError(t, err)
	for _, letter := range letters {
		text, ok := poisoned[letter.PSID]
		require.True(t, ok, "%s became a dead letter after %d attempts: %v", letter.Key, letter.Attempts, letter.Failures)
		require.Contains(t, string(letter.Body), strconv.Quote(text))
		if strings.HasPrefix(text, verbExit) {
			require.Contains(t, letter.Failures[0].Error, "not run again")
		}
	}
	require.Len(t, letters, len(poisoned))
}

// One bot on one file is killed again and again.
func TestKilledOnSQLite(t *testing.T) {
	t.Parallel()
	r := newRun(t, tempDatabase(t))
	begun := time.Now()
	r.crowd.run(r.dice)
	live := r.startAll(1)
	r.announce()
	for r.kills < r.scale.kills && time.Since(begun) < r.scale.time {
		r.serve(live)
		if !r.between(live[0], 50*time.Millisecond, 900*time.Millisecond) {
			r.kill(live[0])
		}
		r.revive(live)
	}
	r.arrive(live)
	live[0].stop()
	r.fenced += live[0].said(fenced)
	r.check()
}

// Three bots on one database: one of them at a time is killed, or, in a long
// run, stopped for longer than its leases last.
func TestKilledOnPostgres(t *testing.T) {
	t.Parallel()
	r := newRun(t, postgresDatabase(t))
	begun := time.Now()
	live := r.startAll(3)
	r.crowd.run(r.dice)
	r.announce()
	var stopped *process
	var wake <-chan time.Time
	for r.kills < r.scale.kills && time.Since(begun) < r.scale.time {
		i := r.dice.IntN(len(live))
		ended := r.between(live[i], 50*time.Millisecond, 900*time.Millisecond)
		switch {
		case ended || live[i] == stopped:
		case r.scale.fails > 0 && stopped == nil && r.dice.IntN(8) == 0:
			stopped, wake = live[i], time.After(pastTheLease)
			stopped.pause()
			r.pauses++
			r.mark(stopped.pid())
		default:
			r.kill(live[i])
		}
		select {
		case <-wake:
			stopped.resume()
			stopped, wake = nil, nil
		default:
		}
		r.revive(live)
	}
	if stopped != nil {
		<-wake
		stopped.resume()
	}
	r.arrive(live)
	for _, p := range live {
		p.stop()
		r.fenced += p.said(fenced)
	}
	r.check()
}

// startAll starts the bot's processes.
func (r *run) startAll(n int) []*process {
	live := make([]*process, n)
	for i := range live {
		live[i] = start(r.t, r.dsn, r.platform.URL)
	}
	r.serve(live)
	return live
}
