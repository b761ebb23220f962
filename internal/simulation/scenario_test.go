package simulation_test

import (
	"fmt"
	"slices"
	"time"
)

// scenario is what a seed decides beforehand. The rest is drawn when it comes to it, by dice.
type scenario struct {
	dice dice

	replicas, workers int
	atMostOnce        bool
	echoes            bool // the pages are subscribed to the echoes of their messages
	calm              bool // nothing goes wrong around the bot
	crowd             bool // many people write to one page, and few to another
	flood             bool // many timers are due together, while few people write

	pages    []string
	people   []person
	events   []*eventPlan
	outside  []*outsidePlan
	raises   []*raisePlan // from outside of turns
	turns    []*eventPlan // those of what is raised, also in turns
	troubles []trouble
	// horizon is when the last event is said and the last trouble is over.
	horizon time.Duration
	// latency is the longest that a call of the store takes by itself.
	latency time.Duration
	// ahead is by how much the store's clock differs from that of the processes at first.
	ahead time.Duration
}

type person struct {
	page, id string
	away     bool // they have last written a day ago
}

// where in a turn its code misbehaves, and how.
const (
	inHandler    = "handler"
	inSender     = "sender"
	inMiddleware = "middleware"

	misError     = "error"
	misPermanent = "permanent"
	misPanic     = "panic"
	misGoexit    = "goexit"
	misDeaf      = "deaf"   // does not return when its context ends
	misSlow      = "slow"   // takes until its context ends
	misLater     = "later"  // asks for a time
	misPoison    = "poison" // ends the process
)

// always is a number of runs that is never reached.
const always = 1 << 20

// eventPlan is a text that a person sends, and what the bot's code does about it.
type eventPlan struct {
	n      int
	person person
	at     time.Duration
	// misbehaves in the first so many runs, in that place and way.
	misbehaves int
	place, way string
	takes      time.Duration // a run, if nothing cuts it short
	stuck      time.Duration // a deaf one
	replies    int
	late       time.Duration // the delay of the last reply; 0 for none
	leaks      bool          // a goroutine that goes on after the turn
	raised     bool          // it is not a text, but what the program has raised
	raises     []*raisePlan  // what its turn raises
}

func (e *eventPlan) text() string {
	if e.raised {
		return fmt.Sprintf("s%d", e.n)
	}
	return fmt.Sprintf("e%d", e.n)
}

// outsidePlan is messages that the program sends by itself.
type outsidePlan struct {
	n        int
	person   person
	at       time.Duration
	once     int // how many calls of SendOnce with the same key; 0 for one Send
	messages int
}

func newScenario(seed uint64) *scenario {
	d := dice(mix(seed))
	s := &scenario{dice: d}
	s.replicas = pick(d.at("replicas"), weighted[int]{3, 1}, weighted[int]{3, 2}, weighted[int]{2, 3})
	s.workers = pick(d.at("workers"), weighted[int]{5, 64}, weighted[int]{2, 8}, weighted[int]{1, 3})
	s.atMostOnce = d.at("at most once").chance(0.3)
	s.echoes = d.at("echoes").chance(0.4)
	s.calm = d.at("calm").chance(0.2)
	s.horizon = d.at("horizon").between(30*time.Second, 3*time.Minute)
	if d.at("latency").chance(0.5) {
		s.latency = d.at("latency", 1).between(0, 30*time.Millisecond)
	}
	if d.at("ahead").chance(0.3) {
		s.ahead = d.at("ahead", 1).between(-time.Minute, time.Minute)
	}
	s.crowd = d.at("crowd").chance(0.08)
	if s.crowd {
		s.planCrowd()
		return s
	}
	s.flood = d.at("flood").chance(0.06)
	if s.flood {
		s.planFlood()
		return s
	}
	for i := range d.at("pages").from(1, 3) {
		page := fmt.Sprint(100000000000001 + i)
		s.pages = append(s.pages, page)
		for j := range d.at("people", i).from(1, 6) {
			away := d.at("away", i, j).chance(0.3)
			s.people = append(s.people, person{page, fmt.Sprint(7100000000000000 + 100*(i+1) + j), away})
		}
	}
	s.planEvents()
	s.planOutside()
	s.planRaises()
	s.planPoison()
	switch {
	case !s.calm:
		s.planTroubles()
	case s.dice.at("one call", 1).chance(0.5):
		s.planOneCall()
	}
	return s
}

func (s *scenario) planEvents() {
	bursts := s.dice.at("bursts").from(1, 8)
	for b := range bursts {
		d := s.dice.at("burst", b)
		at := d.at("at").between(0, s.horizon)
		whose := s.people[d.at("person").below(len(s.people))]
		for i := range d.at("size").from(1, 9) {
			e := d.at("event", i)
			if e.at("another").chance(0.5) {
				whose = s.people[e.at("person").below(len(s.people))]
			}
			at += e.at("gap").between(0, 2*time.Second)
			s.events = append(s.events, s.planEvent(e, whose, at))
		}
	}
	s.numberEvents()
}

// planPoison lets a turn end its process each time.
func (s *scenario) planPoison() {
	if s.calm || !s.dice.at("poison").chance(0.05) {
		return
	}
	turns := append(slices.Clone(s.events), s.turns...)
	e := turns[s.dice.at("poisoned").below(len(turns))]
	e.way, e.place, e.misbehaves = misPoison, inHandler, always
	e.takes = min(e.takes, time.Second)
}

// numberEvents brings the events in the order of their times.
func (s *scenario) numberEvents() {
	slices.SortStableFunc(s.events, func(a, b *eventPlan) int { return int(a.at - b.at) })
	for n, e := range s.events {
		e.n = n
	}
}

// planCrowd lets many people write to the first of two pages, to be answered after seconds, and
// few to the second, to be answered at once. One or two write once, and their turns set timers. Nothing goes wrong.
func (s *scenario) planCrowd() {
	s.calm = true
	s.workers = s.dice.at("crowd workers").from(3, 8)
	s.horizon = 40 * time.Second
	for i := range 2 {
		s.pages = append(s.pages, fmt.Sprint(100000000000001+i))
	}
	for i := range s.dice.at("crowd people").from(15, 30) {
		d := s.dice.at("crowd", i)
		whose := person{page: s.pages[0], id: fmt.Sprint(7100000000000100 + i)}
		s.people = append(s.people, whose)
		for j := range d.at("events").from(1, 2) {
			e := d.at("event", j)
			s.events = append(s.events, &eventPlan{person: whose, at: e.at("at").between(0, 20*time.Second), takes: e.between(2*time.Second, 8*time.Second), replies: 1})
		}
	}
	for i := range s.dice.at("few people").from(1, 2) {
		d := s.dice.at("few", i)
		whose := person{page: s.pages[1], id: fmt.Sprint(7100000000000200 + i)}
		s.people = append(s.people, whose)
		for j := range 4 {
			s.events = append(s.events, &eventPlan{person: whose, at: d.at("event", j).between(0, 40*time.Second), replies: 1})
		}
	}
	for i := range s.dice.at("timers").from(1, 2) {
		d := s.dice.at("timer", i)
		whose := person{page: s.pages[i], id: fmt.Sprint(7100000000000300 + i)}
		s.people = append(s.people, whose)
		e := &eventPlan{person: whose, at: d.at("sets").between(0, 2*time.Second)}
		r := &raisePlan{n: i, do: doTimer, key: "timer", person: whose, delay: d.at("delay").between(4*time.Second, 9*time.Second)}
		r.turn = &eventPlan{n: i, raised: true, person: whose, replies: 1}
		s.turns, e.raises = append(s.turns, r.turn), []*raisePlan{r}
		s.events = append(s.events, e)
	}
	s.numberEvents()
}

// planFlood lets many people of the first of two pages write once. The turns set timers that are due together, and whose own turns take
// seconds. When they are due few people write, to be answered at once. Nothing goes wrong.
func (s *scenario) planFlood() {
	const due = 20 * time.Second
	s.calm = true
	s.workers = pick(s.dice.at("flood workers"), weighted[int]{2, 4}, weighted[int]{2, 8}, weighted[int]{2, 16}, weighted[int]{1, 40})
	s.horizon = 60 * time.Second
	s.pages = []string{"100000000000001", "100000000000002"}
	for i := range s.dice.at("flood people").from(15, 60) {
		d := s.dice.at("flood", i)
		whose := person{page: s.pages[0], id: fmt.Sprint(7100000000000100 + i)}
		s.people = append(s.people, whose)
		e := &eventPlan{person: whose, at: d.at("at").between(0, 5*time.Second)}
		r := &raisePlan{n: i, do: doTimer, key: "timer", person: whose, delay: due - e.at}
		r.turn = &eventPlan{n: i, raised: true, person: whose, takes: d.between(2*time.Second, 8*time.Second), replies: 1}
		s.turns, e.raises = append(s.turns, r.turn), []*raisePlan{r}
		s.events = append(s.events, e)
	}
	for i, page := range s.pages {
		whose := person{page: page, id: fmt.Sprint(7100000000000200 + i)}
		s.people = append(s.people, whose)
		for j := range 6 {
			s.events = append(s.events, &eventPlan{person: whose, at: s.dice.at("writes", i, j).between(due-time.Second, 2*due), replies: 1})
		}
	}
	s.numberEvents()
}

func (s *scenario) planEvent(d dice, whose person, at time.Duration) *eventPlan {
	e := &eventPlan{person: whose, at: at, replies: d.at("replies").below(4)}
	if d.at("takes").chance(0.4) {
		e.takes = d.at("takes", 1).between(0, pick(d.at("takes", 2),
			weighted[time.Duration]{6, 500 * time.Millisecond}, weighted[time.Duration]{3, 5 * time.Second}, weighted[time.Duration]{1, 28 * time.Second}))
	}
	if e.replies > 0 && d.at("late").chance(0.1) {
		e.late = d.at("late", 1).between(time.Second, time.Minute)
	}
	e.leaks = d.at("leaks").chance(0.03)
	if d.at("misbehaves").chance(0.2) {
		e.misbehaves = pick(d.at("misbehaves", 1), weighted[int]{6, 1}, weighted[int]{2, 2}, weighted[int]{1, 3}, weighted[int]{2, always})
		e.place = pick(d.at("place"), weighted[string]{3, inHandler}, weighted[string]{1, inSender}, weighted[string]{1, inMiddleware})
		e.way = pick(d.at("way"), weighted[string]{4, misError}, weighted[string]{1, misPermanent}, weighted[string]{2, misPanic},
			weighted[string]{1, misGoexit}, weighted[string]{1, misDeaf}, weighted[string]{1, misSlow}, weighted[string]{1, misLater})
		if e.way == misLater {
			e.misbehaves = min(e.misbehaves, 3) // it may ask for hours
		}
		e.stuck = d.at("stuck").between(35*time.Second, 2*time.Minute)
	}
	return e
}

func (s *scenario) planOutside() {
	for n := range s.dice.at("outside").below(6) {
		d := s.dice.at("outside", n)
		whose := s.events[d.at("person").below(len(s.events))].person
		o := &outsidePlan{n: n, person: whose, at: d.at("at").between(0, s.horizon), messages: d.at("messages").from(1, 3)}
		if d.at("once").chance(0.6) {
			o.once = d.at("once", 1).from(1, 3)
		}
		s.outside = append(s.outside, o)
	}
}
