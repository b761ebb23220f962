package simulation_test

import (
	"context"
	"strings"
	"time"

	"github.com/djmessenger/messenger/store"
)

// planLoss draws a lease that is lost while its worker is busy: with a slow turn, or in a call of the store. More of the same person waits
// behind that turn.
func (s *scenario) planLoss(n int, d dice) []trouble {
	first := d.at("event").below(len(s.events))
	e := s.events[first]
	e.takes = d.at("takes").between(8*time.Second, 28*time.Second)
	for i := range 2 {
		next := s.events[(first+1+i)%len(s.events)]
		s.follow(next, e, d.at("next", i))
	}
	t := trouble{
		n: n, kind: troubleStore, way: storeRefuses, ops: "renew", part: 1, slot: -1, at: max(0, e.at-time.Second), moment: onRun, nth: d.at("nth").from(1, 2),
		lasts: d.at("lasts").between(14*time.Second, 40*time.Second), begins: make(chan struct{}),
	}
	switch d.at("how").below(4) {
	case 0: // the lease has run out by the store's clock, and another worker has it, perhaps of the same process
		t.kind, t.way, t.ops = troubleClock, "", ""
		t.step, t.lasts = d.at("step").between(leaseTTL, 40*time.Second), 30*time.Second
	case 1: // it cannot be renewed
		e.takes = max(e.takes, 14*time.Second)
	case 2: // nor does a commit return
		e.takes /= 4
		stuck := t
		stuck.n, stuck.ops, stuck.way, stuck.begins = n+1, "commit", storeDeaf, make(chan struct{})
		return []trouble{t, stuck}
	case 3: // a commit takes effect when the lease is over
		e.takes /= 8
		t.way, t.ops, t.nth, t.lasts = storeDeafLate, "", 2, d.at("lasts").between(safeFor, safeFor+1500*time.Millisecond)
	}
	return []trouble{t}
}

// safeFor is how long a process relies on a lease: for four fifths of its time, by its own clock.
const safeFor = leaseTTL * 4 / 5

// renews checks that a process does not ask for leases that it has lost. w.mu must not be held.
func (w *world) renews(p *process, leases []store.LeaseID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range leases {
		if at, ok := p.asked[id]; ok && w.now()-at >= safeFor {
			w.violate("a lost lease is not renewed", "%s asks for that of %s again %v after it had it", p.name, id.PSID, w.now()-at)
		}
	}
}

// hasRenewed notes what a process knows of its leases. w.mu must not be held.
func (w *world) hasRenewed(p *process, asked time.Duration, leases, lost []store.LeaseID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range leases {
		p.asked[id] = max(p.asked[id], asked)
	}
	for _, id := range lost {
		delete(p.asked, id)
		for r := range p.running {
			if r.lease == id {
				r.lost = w.now()
			}
		}
	}
}

// beginsRun notes the begin of a run. w.mu must not be held.
func (w *world) beginsRun(ctx context.Context, p *process, r *run, conv store.Conversation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !p.alive() {
		return
	}
	if cause := context.Cause(ctx); cause != nil && strings.Contains(cause.Error(), "lease") {
		w.violate("no turn begins on a lost lease", "%s begins in %s", r.text, p.name)
	}
	for other := range p.running {
		if other.lease.Conversation == conv && other.ctx.Err() == nil {
			w.violate("one worker of a process acts for a conversation", "%s begins in %s, in which %s still runs", r.text, p.name, other.text)
		}
	}
	r.ctx, r.began = ctx, w.now()
	r.lease.Conversation = conv
	if c := w.conv(conv); c.holder == p {
		r.lease.Token = c.token
	}
	p.running[r] = true
}

// endsRun notes its end, and checks that it did not go on after its lease was lost. w.mu must not be held.
func (w *world) endsRun(p *process, r *run) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(p.running, r)
	if r.lost > 0 && r.lost < w.now() && r.ctx != nil && r.ctx.Err() == nil && p.alive() {
		w.violate("a turn whose lease is lost ends", "%s of %s goes on at %v, though the store said so at %v", r.text, p.name, w.now(), r.lost)
	}
}

// checkLate checks that what a claim has leased that was answered too late was given back, when its lease is found to have expired. The
// answer ends one trouble of the store, and another may begin with it.
func (w *world) checkLate(c *conversation, psid string) {
	p := c.holder
	if c.late > 0 && p.works() && p.troubled <= c.late && !w.storeAway(p, c.late, w.now()) && w.stepped <= c.late && w.now()-c.late > claimBound {
		w.violate("leases that come too late are given back", "that on %s came to %s at %v, and was not", psid, p.name, c.late)
	}
}
