package simulation_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger/store"
)

// hangBound is how long a call of the store may hold up those that come after it: the 12 seconds that one has, the second for which one
// that ignores its end is waited for, and a moment.
const hangBound = 14 * time.Second

// planOneCall draws one call of the store that does not return for minutes, in a world in which nothing else goes wrong: a packet was
// lost, and all other calls have their answers.
func (s *scenario) planOneCall() {
	d := s.dice.at("one call")
	t := trouble{
		kind: troubleStore, part: 1, calls: 1, slot: d.at("slot").below(s.replicas), at: d.at("at").between(0, s.horizon/2),
		lasts: d.at("lasts").between(time.Minute, 3*time.Minute), begins: make(chan struct{}),
	}
	t.way = pick(d.at("way"), weighted[string]{3, storeDeaf}, weighted[string]{1, storeDeafLate})
	t.ops = pick(d.at("ops"), weighted[string]{3, "claim"}, weighted[string]{3, "renew"}, weighted[string]{1, "beat"})
	if t.ops == "renew" { // that is noticed by a turn that needs its lease for longer than that lasts
		e := s.events[d.at("slow").below(len(s.events))]
		e.takes = d.at("slow", 1).between(20*time.Second, 27*time.Second)
		t.slot, t.moment, t.at = -1, onRun, max(0, e.at-time.Second)
		t.nth = 1
	}
	s.addTrouble(t)
}

// quiet reports whether the trouble is one call that hangs. The bot must work as if there were none, but for hangBound.
func (t *trouble) quiet() bool { return t.calls > 0 }

// hangs notes a call of that kind. w.mu must be held.
func (w *world) hangs(p *process, op string) {
	p.stumbled = true
	if op == "claim" {
		p.hung, p.troubled = w.now(), w.now()
		time.AfterFunc(hangBound, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			p.troubled = w.now() // it has heeded no hints
		})
	}
}

// claims is since when a process can claim what is due since then.
func (p *process) claims(due time.Duration) time.Duration {
	if p.hung > 0 && due < p.hung+hangBound {
		return max(due, p.hung+hangBound)
	}
	return due
}

// cutShort checks that a turn did not lose its lease while the store renews leases. It is called by the code of turns when their context
// has ended; it began at that time.
func (w *world) cutShort(ctx context.Context, p *process, began time.Duration, text string) {
	if cause := context.Cause(ctx); cause == nil || !strings.Contains(cause.Error(), "lease") {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.alive() && p.troubled < began-leaseTTL && w.stepped < began-leaseTTL && !w.storeAway(p, began-leaseTTL, w.now()) {
		w.violate("a turn keeps its lease", "%s of %s lost it after %v", text, p.name, w.now()-began)
	}
}

// beatBound is the longest time between two heartbeats of a replica: one lasts 3 seconds at most, and a second if it ignores its end.
const beatBound = 6 * time.Second

// beats checks that a process announces itself. w.mu must be held.
func (w *world) beats(p *process) {
	if p.beat > 0 && p.alive() && p.moves() && w.now()-p.beat > beatBound && p.troubled < p.beat {
		w.violate("a replica announces itself", "%s did not for %v", p.name, w.now()-p.beat)
	}
	p.beat = w.now()
}

// failedClaims checks that a store that fails is asked by the poll only: claims that come after failed ones are a second apart, in the
// mean of two. w.mu must be held.
func (w *world) failedClaims(p *process, asked time.Duration) {
	const least = time.Second - time.Millisecond
	if n := len(p.refused); n >= 3 && asked-p.refused[n-2] < least {
		w.violate("hints do not hurry a store that fails", "%s claims at %v, after claims that failed at %v", p.name, asked, p.refused[n-3:])
	}
}

// claimEnded notes what came to a claim that was asked for at that time. w.mu must not be held.
func (w *world) claimEnded(p *process, asked time.Duration, leases []store.Lease, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		if asked > p.granted { // an abandoned one can end after others that were asked for later
			p.refused = append(p.refused, asked)
			slices.Sort(p.refused)
		}
		return
	}
	p.refused, p.granted = nil, max(p.granted, asked)
	for i := range leases {
		p.asked[leases[i].LeaseID] = asked
		if c := w.conv(leases[i].Conversation); w.now()-asked >= safeFor && c.token == leases[i].Token {
			c.late = w.now()
		}
	}
}
