package simulation_test

import "time"

// planMeeting draws a few things that go wrong together, and nothing else.
func (s *scenario) planMeeting(d dice) {
	plan := pick(d.at("which"), weighted[func(int, dice) []trouble]{3, s.planOutage}, weighted[func(int, dice) []trouble]{3, s.planLoss},
		weighted[func(int, dice) []trouble]{1, s.planDoubt}, weighted[func(int, dice) []trouble]{1, s.planStep})
	for i := range 3 {
		for _, t := range plan(len(s.troubles), d.at("plan", i)) {
			s.addTrouble(t)
		}
	}
	for _, e := range s.events {
		s.horizon = max(s.horizon, e.at)
	}
}

// follow lets an event come right after another one, from the same person; not the only one of a person whom the bot would not know then.
func (s *scenario) follow(e, before *eventPlan, d dice) {
	of := 0
	for _, other := range s.events {
		if other.person == e.person {
			of++
		}
	}
	if of > 1 || e.person == before.person {
		e.person, e.at = before.person, before.at+d.between(0, 100*time.Millisecond)
	}
}

// planStep draws a step of the store's clock back that is too small for a store to notice, while messages of several turns wait.
func (s *scenario) planStep(n int, d dice) []trouble {
	first := d.at("event").below(len(s.events))
	e := s.events[first]
	for i := range 3 {
		next := s.events[(first+i)%len(s.events)]
		s.follow(next, e, d.at("next", i))
		next.takes, next.replies = 0, max(next.replies, 2)
	}
	return []trouble{{
		n: n, kind: troubleClock, step: -d.at("step").between(0, time.Second), slot: -1, at: max(0, e.at-time.Second),
		moment: onCommit, nth: d.at("nth").from(1, 3), lasts: 10 * time.Second, begins: make(chan struct{}),
	}}
}

// planOutage draws a time in which no result can be stored, and which begins when the platform
// has just confirmed a message, or refuses some for a time. Replicas may be asked to stop then.
func (s *scenario) planOutage(n int, d dice) []trouble {
	t := trouble{
		n: n, kind: troubleStore, slot: -1, part: 1, at: d.at("at").between(0, s.horizon),
		moment: onAnswer, nth: d.at("nth").from(1, 4), begins: make(chan struct{}),
	}
	t.way = pick(d.at("way"), weighted[string]{4, storeRefuses}, weighted[string]{1, storeHangs}, weighted[string]{1, storeDeaf})
	t.ops = pick(d.at("ops"), weighted[string]{2, ""}, weighted[string]{1, "commit"})
	longest := pick(d.at("lasts"), weighted[time.Duration]{1, 15 * time.Second}, weighted[time.Duration]{2, 16 * time.Second},
		weighted[time.Duration]{4, time.Minute}, weighted[time.Duration]{1, 10 * time.Minute})
	t.lasts = d.at("lasts", 1).between(5*time.Second, longest)
	if longest == 16*time.Second { // for as long as a lease that cannot be renewed lasts
		t.lasts = d.at("lasts", 1).between(safeFor, longest)
	}
	if d.at("one").chance(0.3) {
		t.slot = d.at("one", 1).below(s.replicas)
	}
	switch other := t; d.at("other").below(3) {
	case 0: // it is to stop, and must tell what it knows before
		other.n, other.kind, other.begins = n+1, troubleStop, make(chan struct{})
		other.slot, other.nth = max(t.slot, 0), 1
		return []trouble{t, other}
	case 1: // what it knows is that it must wait
		other.n, other.kind, other.way, other.moment, other.slot, other.part, other.begins = n+1, troublePlatform, cutRefuse, "", -1, 0.7, make(chan struct{})
		return []trouble{t, other}
	}
	return []trouble{t}
}

// planDoubt draws commits that take effect, and of which a process does not know for so long that it takes their turns for failed. Then
// the store may not say what came of them.
func (s *scenario) planDoubt(n int, d dice) []trouble {
	t := trouble{
		n: n, kind: troubleStore, way: storeLoses, ops: "commit", part: 1, slot: -1, at: d.at("at").between(0, s.horizon), moment: onRun, nth: 1,
		lasts: d.at("lasts").between(16*time.Second, 28*time.Second), begins: make(chan struct{}),
	}
	if d.at("dead").chance(0.5) {
		return []trouble{t}
	}
	silent, lost := t, t
	silent.n, silent.way, silent.ops, silent.lasts, silent.begins = n+1, storeRefuses, "dead", 90*time.Second, make(chan struct{})
	lost.n, lost.way, lost.ops, lost.moment, lost.at, lost.lasts, lost.begins = n+2, storeRefuses, "renew", onDoubt, t.at+t.lasts-time.Second, 40*time.Second, make(chan struct{})
	return []trouble{t, silent, lost}
}

// planHang draws calls of the store that do not return for minutes, in a replica that is asked to
// stop meanwhile.
func (s *scenario) planHang(n int, d dice) (hang, stop trouble) {
	hang = trouble{
		n: n, kind: troubleStore, way: storeDeaf, part: 1, at: d.at("at").between(0, s.horizon), slot: d.at("slot").below(s.replicas),
		lasts: d.at("lasts").between(time.Minute, 4*time.Minute), begins: make(chan struct{}),
	}
	hang.ops = pick(d.at("ops"), weighted[string]{2, ""}, weighted[string]{1, "claim"}, weighted[string]{1, "commit"},
		weighted[string]{1, "renew"}, weighted[string]{1, "beat"}, weighted[string]{1, "read"})
	stop = trouble{
		n: n + 1, kind: troubleStop, at: hang.at + d.at("stop").between(0, 20*time.Second), slot: hang.slot,
		lasts: 40 * time.Second, begins: make(chan struct{}),
	}
	return hang, stop
}
