package simulation_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// world is the bots of a scenario and all that is around them.
type world struct {
	*scenario
	began    time.Time
	store    *memory.Store
	platform *simulator.Simulator
	network  network

	// over is closed when all is decided: what hangs in code of the world goes on then.
	over chan struct{}

	mu      sync.Mutex
	tasks   int        // of the world: deliveries, restarts
	inside  int        // tasks in processes
	slots   []*process // those that run or ended last, by replica
	started []*process // all
	clock   time.Duration
	counts  map[string]int
	ledger
	trace      []string
	violations []string
}

func newWorld(s *scenario) *world {
	w := &world{scenario: s, began: time.Now(), over: make(chan struct{}), counts: map[string]int{}, clock: s.ahead}
	w.ledger.init(s)
	w.network.w = w
	w.store = memory.New(memory.Config{Now: w.storeTime})
	cfg := simulator.Config{
		AppSecret: appSecret, VerifyToken: verifyToken, PageID: s.pages[0], PageToken: tokenOf(s.pages[0]),
		WebhookURL: "http://bot.example/webhook", Client: &http.Client{Transport: &w.network}, RetryPauses: []time.Duration{},
		Fields: simulator.DefaultFields(),
	}
	if s.echoes {
		cfg.Fields = append(cfg.Fields, "message_echoes")
	}
	for _, page := range s.pages[1:] {
		cfg.Pages = append(cfg.Pages, simulator.Page{ID: page, Token: tokenOf(page), Fields: cfg.Fields})
	}
	for _, p := range s.people {
		cfg.People = append(cfg.People, simulator.Person{ID: p.id, PageID: p.page, FirstName: "P"})
	}
	var err error
	if w.platform, err = simulator.New(cfg); err != nil {
		panic(err)
	}
	for _, p := range s.people {
		if p.away {
			touch := store.TouchPerson{PageID: p.page, PSID: p.id, At: w.began.Add(-30 * time.Hour)}
			if err := w.store.Apply(w.ctx(), touch); err != nil {
				panic(err)
			}
		}
	}
	w.slots = make([]*process, s.replicas)
	return w
}

const (
	appSecret   = "simulator-app-secret"
	verifyToken = "simulator-verify-token"
)

func tokenOf(page string) string { return "token-" + page }

// now is the time since the world began.
func (w *world) now() time.Duration { return time.Since(w.began) }

// storeTime is the store's clock. w.mu is held by whoever calls the store.
func (w *world) storeTime() time.Time { return time.Now().Add(w.clock) }

// next counts: it returns 1, 2, … for a name.
func (w *world) next(name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[name]++
	return w.counts[name]
}

// say adds a line to the trace. w.mu must be held.
func (w *world) say(format string, args ...any) {
	w.trace = append(w.trace, fmt.Sprintf("%11.6fs ", w.now().Seconds())+fmt.Sprintf(format, args...))
}

func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.say(format, args...)
}

// logs adds what a process logs.
func (w *world) logs(line string) { w.note("%s", line) }

// violate notes that a promise is broken. w.mu must be held.
func (w *world) violate(promise, format string, args ...any) {
	text := promise + ": " + fmt.Sprintf(format, args...)
	w.say("BROKEN %s", text)
	w.violations = append(w.violations, text)
}

// rest waits for that long, or until the world is over or one of the channels is closed. It
// reports whether it was that long.
func (w *world) rest(d time.Duration, ends ...<-chan struct{}) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	var end <-chan struct{}
	if len(ends) > 0 {
		end = ends[0]
	}
	select {
	case <-timer.C:
		return true
	case <-end:
	case <-w.over:
	}
	return false
}

// spawn runs a task of the world.
func (w *world) spawn(task func()) { w.count(&w.tasks, task) }

// within runs a task in a process. If the process dies, it hangs until the world is over.
func (w *world) within(task func()) { w.count(&w.inside, task) }

// safely calls the bot from the goroutine of a program, which recovers what the store panics with.
func safely(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = errStore
		}
	}()
	return do()
}

func (w *world) count(n *int, task func()) {
	w.mu.Lock()
	*n++
	w.mu.Unlock()
	go func() {
		defer func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			*n--
		}()
		task()
	}()
}

// idle waits until no such task runs.
func (w *world) idle(tasks *int) {
	for {
		w.mu.Lock()
		n := *tasks
		w.mu.Unlock()
		if n == 0 {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
}

// until waits for a time.
func (w *world) until(at time.Duration) { w.rest(at - w.now()) }

// run plays the scenario to its end.
func (w *world) run() {
	w.note("%d replicas with %d workers, %d pages, %d people, %d events, at most once: %v, echoes: %v, calm: %v, crowd: %v, flood: %v, latency %v",
		w.replicas, w.workers, len(w.pages), len(w.people), len(w.events), w.atMostOnce, w.echoes, w.calm, w.crowd, w.flood, w.latency)
	for slot := range w.replicas {
		w.startProcess(slot)
		w.rest(w.dice.at("starts", slot).between(0, 100*time.Millisecond))
	}
	for _, e := range w.events {
		w.spawn(func() {
			w.until(e.at)
			if _, err := w.platform.Say(w.ctx(), e.person.id, e.text()); err != nil {
				panic(err)
			}
		})
	}
	for _, o := range w.outside {
		w.spawn(func() { w.sendOutside(o) })
	}
	for _, r := range w.raises {
		w.spawn(func() { w.raiseOutside(r) })
	}
	for i := range w.troubles {
		w.spawn(func() { w.suffer(&w.troubles[i]) })
	}
	w.until(w.horizon)
	w.idle(&w.tasks)
	w.settle()
	w.checkHealth()
	w.stopAll()
	w.checkEnd()
	w.end()
}

// settle waits until nothing waits any more.
func (w *world) settle() {
	bound := w.now() + w.bound()
	for {
		w.mu.Lock()
		stats, err := w.store.Stats(w.ctx())
		if err != nil {
			panic(err)
		}
		if stats.Events == 0 && stats.Timers == 0 && stats.Sends == 0 {
			w.say("all is done")
			w.mu.Unlock()
			break
		}
		if w.now() > bound {
			w.violate("no conversation rests for ever", "%d events, %d timers and %d sends still wait %v after the last trouble: %s",
				stats.Events, stats.Timers, stats.Sends, w.bound(), w.waiting())
			w.mu.Unlock()
			return
		}
		w.mu.Unlock()
		w.rest(time.Second + time.Millisecond)
	}
	if err := w.platform.Flush(w.ctx()); err != nil {
		panic(err)
	}
	w.idle(&w.tasks)        // for the echoes of what was sent last
	w.rest(6 * time.Second) // for which a callback that could not be stored makes a bot unwell
}

// bound is how long after the last trouble everything is done: what the longest conversation
// takes if each of its events is run as often as it can be, and each of its messages is slow;
// the longest wait of a page for a token, or of a message for its next try (5 minutes and a
// quarter); the wait for an echo; a lease, or the crashes that isolate a poison event; and the longest delay of a timer, with those
// that its turn sets.
func (w *world) bound() time.Duration {
	longest, latest := time.Duration(0), time.Duration(0)
	each := map[person]time.Duration{}
	for _, e := range append(slices.Clone(w.events), w.turns...) {
		cost := e.takes + 12*time.Second*time.Duration(e.replies)
		if e.misbehaves > 0 {
			cost += 3*(e.takes+31*time.Second) + 31*time.Second + 31*time.Second
		}
		if e.way == misPoison {
			cost += 5 * time.Minute
		}
		if e.raised { // a call whose answer was lost may have raised it, too
			cost *= 2
		}
		each[e.person] += cost + e.late
		longest = max(longest, each[e.person])
		for _, r := range e.raises {
			latest = max(latest, r.due())
		}
	}
	for _, r := range w.raises {
		latest = max(latest, r.due())
	}
	return 7*time.Minute + latest + longest*time.Duration(1+len(w.people)/w.workers)
}

// end lets all that still hangs go on, and waits for it.
func (w *world) end() {
	close(w.over)
	for _, p := range w.started {
		p.cancel()
	}
	for _, p := range w.started {
		<-p.ended
	}
	if err := w.platform.Close(); err != nil {
		panic(err)
	}
	w.idle(&w.tasks)
	w.idle(&w.inside)
}

// stopAll stops all replicas, as a deployment does.
func (w *world) stopAll() {
	var stops sync.WaitGroup
	for _, p := range w.slots {
		stops.Go(func() { p.stop() })
	}
	stops.Wait()
}

// happened is the trace in the order of time and text.
func (w *world) happened() []string { return slices.Sorted(slices.Values(w.trace)) }

// report is what a failed world has to say.
func (w *world) report(trace bool) string {
	lines := slices.Clone(w.violations)
	if trace {
		lines = append(append(lines, "trace:"), w.trace...)
	}
	return strings.Join(lines, "\n")
}
