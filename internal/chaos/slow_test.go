package chaos_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// think is how long a handler of verbSlow takes, and longThink one of verbLong, as with a language model.
const (
	think     = 500 * time.Millisecond
	longThink = 5 * time.Second
)

// newSlowRun is a run whose handlers are slow, with about 30 of them at work at any
// time: 120 people who write every other second.
func newSlowRun(t *testing.T, dsn string) *run {
	t.Helper()
	s := scaleOf(t)
	s.groups, s.think, s.fails, s.exits = 30, 4*time.Second, 0, 0
	if s.time /= 3; !s.long {
		s.kills = 1
	}
	r := newRunOf(t, dsn, s)
	r.crowd.verb = verbSlow
	return r
}

// One bot on one file, with turns of 500 ms, is killed now and then.
func TestKilledWhileTurnsAreSlowOnSQLite(t *testing.T) {
	t.Parallel()
	newSlowRun(t, tempDatabase(t)).killSlowly(1)
}

// Two bots on one database, with turns of 500 ms; one of them is killed now and
// then.
func TestKilledWhileTurnsAreSlowOnPostgres(t *testing.T) {
	t.Parallel()
	newSlowRun(t, postgresDatabase(t)).killSlowly(2)
}

// killSlowly kills one process at a time, and lets each live for seconds: a turn is
// hardly ever interrupted twice in a row.
func (r *run) killSlowly(bots int) {
	r.t.Helper()
	begun := time.Now()
	live := r.startAll(bots)
	r.crowd.run(r.dice)
	var killed []time.Time
	for r.kills == 0 || r.kills < r.scale.kills && time.Since(begun) < r.scale.time {
		i := r.dice.IntN(len(live))
		if !r.between(live[i], 3*time.Second, 4*time.Second) {
			killed = append(killed, time.Now())
			r.kill(live[i])
		}
		r.revive(live)
	}
	r.arrive(live)
	for _, p := range live {
		p.stop()
	}
	r.check()
	r.recovered(killed)
}

// recovered reports how long after a kill those were answered who waited then.
func (r *run) recovered(killed []time.Time) {
	r.t.Helper()
	var waits []time.Duration
	for _, p := range r.crowd.people() {
		for _, a := range r.platform.answers(p.id) {
			// Of several kills the last one before the answer counts from the first.
			if i := slices.IndexFunc(killed, a.accepted.Before); i >= 0 && killed[i].Before(a.at) {
				waits = append(waits, a.at.Sub(killed[i]))
			}
		}
	}
	r.t.Logf("from a kill to the reply, of the %d messages that waited at one of %d kills, with turns of %v: %s", len(waits), len(killed), think, spread(waits))
}

// spread says how durations are spread.
func spread(all []time.Duration) string {
	if len(all) == 0 {
		return "none"
	}
	slices.Sort(all)
	at := func(percent int) time.Duration { return all[(len(all)-1)*percent/100].Round(time.Millisecond) }
	return fmt.Sprintf("p50 %v, p90 %v, p99 %v, most %v", at(50), at(90), at(99), at(100))
}

// What a process was at when it was killed runs again all at once: each of 30
// turns waits until all of them run.
func TestInterruptedTurnsRunAtTheSameTime(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{"sqlite": tempDatabase, "postgres": postgresDatabase} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const turns = 30
			dsn := database(t)
			platform := newPlatform(t)
			bot := start(t, dsn, platform.URL)
			var messages []said
			for i := range turns {
				messages = append(messages, said{"100000001", fmt.Sprint(7000 + i), verbHold + " 1", time.Now().UnixMilli()})
			}
			platform.want(turns)
			postUntilTaken(bot.url, callback(messages))
			for range turns {
				<-platform.waiting
			}
			bot.kill()
			bot = start(t, dsn, platform.URL)
			for range turns {
				<-platform.waiting
			}
			for range turns {
				platform.gate <- struct{}{}
			}
			<-platform.all()
			bot.stop()
		})
	}
}

// 64 turns of 5 s, on four pages, are in progress when their process is killed. The next process runs all of them at the same time, so that they
// are answered within about 15 s of its start; the bound of the test leaves room for a busy machine.
func TestLongTurnsAreAnsweredSoonAfterARestart(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{"sqlite": tempDatabase, "postgres": postgresDatabase} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const turns = 64
			dsn := database(t)
			platform := newPlatform(t)
			bot := start(t, dsn, platform.URL)
			var messages []said
			for i := range turns {
				messages = append(messages, said{fmt.Sprint("10000000", i%4), fmt.Sprint(7000 + i), verbLong + " 1", time.Now().UnixMilli()})
			}
			platform.want(turns)
			postUntilTaken(bot.url, callback(messages))
			for range turns {
				<-platform.waiting
			}
			bot.kill()
			for len(platform.waiting) > 0 {
				<-platform.waiting
			}
			killed := time.Now()
			bot = start(t, dsn, platform.URL)
			for range turns {
				<-platform.waiting
			}
			<-platform.all()
			var waits []time.Duration
			for i := range turns {
				for _, a := range platform.answers(fmt.Sprint(7000 + i)) {
					waits = append(waits, a.at.Sub(killed))
				}
			}
			t.Logf("from the kill to the reply, of %d turns of %v: %s", turns, longThink, spread(waits))
			require.Len(t, waits, turns)
			require.Less(t, slices.Max(waits), time.Minute)
			bot.stop()
		})
	}
}

// An event that ends its process, among 64 that take their time, is the only dead
// letter, and all others are answered in order.
func TestPoisonAmongSlowTurns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		database func(*testing.T) string
		bots     int
	}{"sqlite": {tempDatabase, 1}, "postgres": {postgresDatabase, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scaleOf(t)
			s.groups, s.fails, s.exits = 16, 0, 0
			r := newRunOf(t, c.database(t), s)
			r.crowd.verb = verbSlow
			everybody := r.crowd.people()
			everybody[r.dice.IntN(len(everybody))].poison[1] = verbExit + " 0"
			live := r.startAll(c.bots)
			var messages []said
			for _, p := range everybody {
				messages = append(messages, p.next(verbSlow)...)
			}
			r.platform.want(len(everybody))
			r.crowd.deliver(callback(messages), 0)
			r.platform.accept(messages)
			r.arrive(live)
			for _, p := range live {
				p.stop()
			}
			r.check()
			require.GreaterOrEqual(t, r.exits, 5, "it was given the chance to be innocent")
		})
	}
}
