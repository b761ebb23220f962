package simulation_test

import (
	"fmt"
	"time"
)

// Kinds of troubles.
const (
	troubleStore    = "store"    // calls of the store fail, hang, or lose their answer
	troublePlatform = "platform" // calls of the platform do
	troubleToken    = "token"    // the platform refuses the page's token, or the token source fails
	troubleKill     = "kill"     // a replica ends, and another starts in its place
	troubleStop     = "stop"     // a replica is asked to stop, and another starts in its place
	troublePause    = "pause"    // a replica stands still
	troubleClock    = "clock"    // the store's clock is set
)

// How calls of the store fail.
const (
	storeRefuses   = "refuses"    // an error, without effect
	storeLoses     = "loses"      // an error, after the effect
	storeHangs     = "hangs"      // no answer until the context ends, without effect
	storeHangsLate = "hangs late" // the same after the effect
	storeDeaf      = "deaf"       // no answer until the trouble is over, whatever the context says, without effect
	storeDeafLate  = "deaf late"  // the same, and then it takes effect and answers
	storePanics    = "panics"     // a panic, without effect
)

// Moments at which a trouble can begin: when something happens in a process, before it knows of
// it.
const (
	onClaim     = "claim"     // a claim took effect
	onRun       = "run"       // a turn began
	onCommit    = "commit"    // a commit took effect
	onRequest   = "request"   // a request is under way
	onExecution = "execution" // the platform has executed one
	onAnswer    = "answer"    // its answer is about to arrive
	onDue       = "due"       // what it has raised becomes due
	onDoubt     = "doubt"     // the store has told it that an event is no longer there
)

// trouble is something that goes wrong for a while.
type trouble struct {
	n    int
	kind string
	at   time.Duration // when it begins, or waits for its moment
	// moment is what it begins with, the nth of its kind in its replica, or empty.
	moment string
	nth    int
	lasts  time.Duration
	slot   int // the replica that has it; -1 for all
	// ops are the calls that fail, of the store; empty for all.
	ops  string
	way  string
	part float64 // of the calls that fail
	page string  // empty for all
	step time.Duration
	// calls is how many calls fail; 0 for all. The others do not know of the trouble.
	calls int

	// w.mu guards these.
	armed, began bool
	hit          int // calls, of those that fail
	from         time.Duration
	begins       chan struct{}
}

func (t *trouble) String() string {
	return fmt.Sprintf("%s %s slot=%d ops=%q page=%q part=%.2f step=%v on %s %d for %v",
		t.kind, t.way, t.slot, t.ops, t.page, t.part, t.step, t.moment, t.nth, t.lasts)
}

// armedFor is how long a trouble waits for its moment.
const armedFor = 20 * time.Second

// covers reports whether the trouble is on. w.mu must be held.
func (t *trouble) covers(at time.Duration) bool { return t.began && at < t.from+t.lasts }

// start begins a trouble. w.mu must be held.
func (w *world) startTrouble(t *trouble) {
	t.armed, t.began, t.from = false, true, w.now()
	w.say("trouble %d begins: %v", t.n, t)
	close(t.begins)
}

// happens begins the troubles that wait for what happens in a process. w.mu must be held.
func (w *world) happens(p *process, moment string) {
	for i := range w.troubles {
		t := &w.troubles[i]
		if !t.armed || t.moment != moment || t.slot >= 0 && t.slot != p.slot {
			continue
		}
		if t.nth--; t.nth <= 0 {
			w.startTrouble(t)
		}
	}
}

// await waits until a trouble begins. It reports whether it does.
func (w *world) await(t *trouble) bool {
	w.until(t.at)
	w.mu.Lock()
	if t.moment == "" {
		w.startTrouble(t)
		w.mu.Unlock()
		return true
	}
	t.armed = true
	w.mu.Unlock()
	w.rest(armedFor, t.begins)
	w.mu.Lock()
	defer w.mu.Unlock()
	t.armed = false
	return t.began
}

func (s *scenario) addTrouble(t trouble) {
	s.troubles = append(s.troubles, t)
	s.horizon = max(s.horizon, t.at+t.lasts)
}

// planTroubles draws the troubles of a scenario. All of them end; the horizon is after the
// last.
func (s *scenario) planTroubles() {
	if s.dice.at("meeting").chance(0.35) {
		s.planMeeting(s.dice.at("meeting", 1))
		return
	}
	n := s.dice.at("troubles").from(1, 8)
	for i := range n {
		d := s.dice.at("trouble", i)
		t := trouble{n: i, at: d.at("at").between(0, s.horizon), slot: -1, begins: make(chan struct{})}
		t.kind = pick(d.at("kind"), weighted[string]{8, troubleStore}, weighted[string]{6, troublePlatform}, weighted[string]{1, troubleToken},
			weighted[string]{4, troubleKill}, weighted[string]{3, troubleStop}, weighted[string]{3, troublePause}, weighted[string]{1, troubleClock})
		t.lasts = pick(d.at("lasts"), weighted[time.Duration]{5, 5 * time.Second}, weighted[time.Duration]{6, 40 * time.Second}, weighted[time.Duration]{1, 10 * time.Minute})
		t.lasts = d.at("lasts", 1).between(t.lasts/5, t.lasts)
		if d.at("slot").chance(0.5) {
			t.slot = d.at("slot", 1).below(s.replicas)
		}
		switch t.kind {
		case troubleStore:
			t.way = pick(d.at("way"), weighted[string]{4, storeRefuses}, weighted[string]{3, storeLoses}, weighted[string]{2, storeHangs},
				weighted[string]{2, storeHangsLate}, weighted[string]{1, storeDeaf}, weighted[string]{1, storeDeafLate}, weighted[string]{1, storePanics})
			t.ops = pick(d.at("ops"), weighted[string]{6, ""}, weighted[string]{3, "commit"}, weighted[string]{1, "claim"},
				weighted[string]{1, "renew"}, weighted[string]{1, "put"}, weighted[string]{1, "read"}, weighted[string]{1, "beat"})
			t.part = pick(d.at("part"), weighted[float64]{2, 1}, weighted[float64]{1, 0.3})
		case troublePlatform:
			t.way = pick(d.at("way"), weighted[string]{2, cutBefore}, weighted[string]{2, cutUnwritten}, weighted[string]{4, cutAfter}, weighted[string]{1, cutHang},
				weighted[string]{1, cutSlow}, weighted[string]{6, cutRefuse})
			t.part = pick(d.at("part"), weighted[float64]{1, 1}, weighted[float64]{2, 0.4})
			if d.at("page").chance(0.5) {
				t.page = s.pages[d.at("page", 1).below(len(s.pages))]
			}
		case troubleToken:
			t.way = pick(d.at("way"), weighted[string]{2, tokenRefused}, weighted[string]{1, tokenFails}, weighted[string]{1, tokenPanics}, weighted[string]{1, tokenDeaf})
			t.page = s.pages[d.at("page").below(len(s.pages))]
			t.part = 1
			t.lasts = min(t.lasts, time.Minute)
		case troubleKill, troubleStop, troublePause:
			t.slot = max(t.slot, 0)
			t.lasts = min(t.lasts, time.Minute)
		case troubleClock:
			t.step = d.at("step").between(-20*time.Second, 20*time.Second)
			if d.at("small").chance(0.4) { // such a step back the store does not notice
				t.step = -d.at("step").between(0, time.Second)
			}
			t.lasts = 30 * time.Second // until what it did to leases and due times is over
		}
		if d.at("moment").chance(0.6) {
			t.moment = pick(d.at("moment", 1), weighted[string]{1, onClaim}, weighted[string]{1, onRun}, weighted[string]{2, onCommit}, weighted[string]{2, onDue},
				weighted[string]{2, onRequest}, weighted[string]{2, onExecution}, weighted[string]{4, onAnswer})
			t.nth = d.at("nth").from(1, 3)
		}
		s.addTrouble(t)
	}
	if s.dice.at("outage").chance(0.25) {
		for _, t := range s.planOutage(n, s.dice.at("outage", 1)) {
			s.addTrouble(t)
			n++
		}
	}
	if s.dice.at("hang").chance(0.08) {
		hang, stop := s.planHang(n, s.dice.at("hang", 1))
		s.addTrouble(hang)
		s.addTrouble(stop)
	}
	for _, e := range s.events {
		s.horizon = max(s.horizon, e.at)
	}
}
