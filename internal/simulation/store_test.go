package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// processStore is the store as one process reaches it: over a connection that fails as the
// scenario says. It shows what takes effect to the ledger.
type processStore struct {
	p     *process
	inner *memory.Store
}

var (
	_ store.Store       = (*processStore)(nil)
	_ store.Clock       = (*processStore)(nil)
	_ store.DeadLetters = (*processStore)(nil)
	_ store.Inspector   = (*processStore)(nil)
	_ store.Isolator    = (*processStore)(nil)
	_ store.OnceKeeper  = (*processStore)(nil)
	_ store.Replicas    = (*processStore)(nil)
	_ store.Timers      = (*processStore)(nil)
)

var errStore = errors.New("the connection to the store is broken")

// storeTrouble returns what befalls a call of the store, or nil.
func (w *world) storeTrouble(p *process, op string, d dice) *trouble {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.troubles {
		t := &w.troubles[i]
		if t.kind == troubleStore && t.covers(w.now()) && (t.slot < 0 || t.slot == p.slot) && (t.ops == "" || t.ops == op) && d.at("part", i).chance(t.part) {
			if t.quiet() {
				if t.hit++; t.hit > t.calls {
					continue
				}
				w.hangs(p, op)
			}
			return t
		}
	}
	return nil
}

// reads are the calls that look at what is stored and not at the clock.
var reads = map[string]bool{"read": true, "dead": true}

// call makes one call of the store: effect is called under w.mu, at most once, and its context
// does not end.
func call[T any](ctx context.Context, s *processStore, op string, effect func(ctx context.Context) (T, error)) (T, error) {
	var none T
	p, w := s.p, s.p.w
	if err := p.gate(); err != nil {
		return none, err
	}
	d := w.dice.at("store "+op, p.slot, p.gen, w.next(fmt.Sprint(op, p.name)))
	if w.latency > 0 && !w.rest(d.at("latency").between(0, w.latency), ctx.Done()) {
		return none, ctx.Err()
	}
	t := w.storeTrouble(p, op, d)
	act := func() (T, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if !p.alive() {
			return none, errDead
		}
		if t != nil && !t.quiet() {
			w.disturbed(p)
		}
		if !reads[op] {
			w.seesClock()
		}
		return effect(context.WithoutCancel(ctx))
	}
	var result T
	var err error
	if t != nil {
		w.mu.Lock()
		p.stumbled = true
		if !t.quiet() {
			w.disturbed(p)
		}
		w.say("%s: %s %s", p.name, op, t.way)
		w.mu.Unlock()
	}
	switch end := func() time.Duration { return t.from + t.lasts - w.now() }; {
	case t == nil && ctx.Err() != nil:
		err = ctx.Err()
	case t == nil:
		result, err = act()
	case t.way == storeRefuses:
		err = errStore
	case t.way == storePanics:
		panic(errStore)
	case t.way == storeLoses:
		_, _ = act()
		err = errStore
	case t.way == storeHangs || t.way == storeHangsLate:
		if t.way == storeHangsLate {
			_, _ = act()
		}
		err = errStore
		if !w.rest(end(), ctx.Done()) && ctx.Err() != nil {
			err = ctx.Err()
		}
	case t.way == storeDeaf:
		w.rest(end())
		err = errStore
	case t.way == storeDeafLate:
		w.rest(end())
		result, err = act()
	}
	if t != nil && !t.quiet() {
		w.mu.Lock()
		w.disturbed(p)
		w.mu.Unlock()
	}
	if gateErr := p.gate(); gateErr != nil {
		return none, gateErr
	}
	return result, err
}

// do is call for what returns nothing.
func do(ctx context.Context, s *processStore, op string, effect func(ctx context.Context) error) error {
	_, err := call(ctx, s, op, func(ctx context.Context) (struct{}, error) { return struct{}{}, effect(ctx) })
	return err
}

func (s *processStore) Put(ctx context.Context, events ...store.Event) error {
	return do(ctx, s, "put", func(ctx context.Context) error {
		err := s.inner.Put(ctx, events...)
		if err == nil {
			s.p.w.put(s.p, events)
		}
		return err
	})
}

func (s *processStore) Enqueue(ctx context.Context, sends ...store.Send) error {
	return do(ctx, s, "enqueue", func(ctx context.Context) error {
		err := s.inner.Enqueue(ctx, sends...)
		if err == nil {
			s.p.w.queued(sends, true)
		}
		return err
	})
}

func (s *processStore) Cancel(ctx context.Context, conv store.Conversation, key string) (bool, error) {
	return call(ctx, s, "cancel", func(ctx context.Context) (bool, error) { return s.inner.Cancel(ctx, conv, key) })
}

func (s *processStore) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	w := s.p.w
	w.mu.Lock()
	asked := w.now()
	w.failedClaims(s.p, asked)
	w.mu.Unlock()
	leases, err := call(ctx, s, "claim", func(ctx context.Context) ([]store.Lease, error) {
		leases, err := s.inner.Claim(ctx, claim)
		for i := range leases {
			s.p.w.claimed(s.p, &leases[i], claim.TTL)
		}
		return leases, err
	})
	w.claimEnded(s.p, asked, leases, err)
	return leases, err
}

func (s *processStore) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) ([]store.LeaseID, error) {
	asked := s.p.w.now()
	s.p.w.renews(s.p, leases)
	lost, err := call(ctx, s, "renew", func(ctx context.Context) ([]store.LeaseID, error) {
		lost, err := s.inner.Renew(ctx, ttl, leases...)
		if err == nil {
			s.p.w.renewed(leases, lost, ttl)
		}
		return lost, err
	})
	if err == nil {
		s.p.w.hasRenewed(s.p, asked, leases, lost)
	}
	return lost, err
}

func (s *processStore) Commit(ctx context.Context, o store.Outcome) ([]store.QueuedSend, error) {
	var handed *store.QueuedEvent
	next := o.Next
	if next != nil {
		o.Next = func(ev store.QueuedEvent) { handed = &ev }
	}
	s.p.w.commitBegins(&o)
	due, err := call(ctx, s, "commit", func(ctx context.Context) ([]store.QueuedSend, error) {
		due, err := s.inner.Commit(ctx, o)
		if err != nil {
			s.p.w.say("%s: commit for %s: %v", s.p.name, o.Lease.PSID, err)
			s.p.w.commitRefused(s.p, &o, err)
			return due, err
		}
		noted := o
		noted.Release = o.Release && handed == nil
		s.p.w.committed(s.p, &noted, due)
		if handed != nil {
			texts := s.p.w.handsOut(s.p, &store.Lease{LeaseID: o.Lease, Events: []store.QueuedEvent{*handed}})
			s.p.w.say("%s: goes on with %s of %s", s.p.name, strings.Join(texts, " "), o.Lease.PSID)
		}
		return due, nil
	})
	s.p.w.commitEnded(s.p, &o, err)
	if err == nil && handed != nil {
		next(*handed)
	}
	return due, err
}

// commitRefused notes that the store does not take an outcome.
func (w *world) commitRefused(p *process, o *store.Outcome, err error) {
	if o.Event == nil {
		return
	}
	if ev := w.bySeq[o.Event.Seq]; ev != nil && w.isCurrent(o) {
		ev.succeeded = 0
	}
	if errors.Is(err, store.ErrNotFound) {
		w.happens(p, onDoubt)
	}
}

// isCurrent reports whether an outcome is of the newest lease. One that has lost its lease goes on to ask the store, when it does not hear the
// answers, and says nothing of the turn of the next.
func (w *world) isCurrent(o *store.Outcome) bool {
	return w.conv(o.Lease.Conversation).token == o.Lease.Token
}

// commitBegins notes that a turn has succeeded. w.mu must not be held.
func (w *world) commitBegins(o *store.Outcome) {
	if o.Event == nil || o.Event.Retry || len(o.Event.Failures) > 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if ev := w.bySeq[o.Event.Seq]; ev != nil && ev.succeeded == 0 && w.isCurrent(o) {
		ev.succeeded = w.now()
	}
}

// commitEnded notes what a process knows of a commit. w.mu must not be held.
func (w *world) commitEnded(p *process, o *store.Outcome, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.conv(o.Lease.Conversation); err == nil && o.Release && c.token == o.Lease.Token && c.holder == nil {
		c.rester = p
	}
}

func (s *processStore) MarkAlone(ctx context.Context, lease store.LeaseID, seq int64) error {
	return do(ctx, s, "commit", func(ctx context.Context) error {
		err := s.inner.MarkAlone(ctx, lease, seq)
		if err == nil {
			s.p.w.markedAlone(s.p, lease, seq)
		}
		return err
	})
}

func (s *processStore) Apply(ctx context.Context, writes ...store.Write) error {
	return do(ctx, s, "commit", func(ctx context.Context) error {
		err := s.inner.Apply(ctx, writes...)
		if err == nil {
			s.p.w.applied(s.p, writes)
			for _, write := range writes {
				if r, ok := write.(store.Raise); ok {
					s.checkTimers(ctx, r.Conversation)
				}
			}
		}
		return err
	})
}

func (s *processStore) Forget(ctx context.Context, conv store.Conversation) error {
	return do(ctx, s, "commit", func(ctx context.Context) error { return s.inner.Forget(ctx, conv) })
}

func (s *processStore) Purge(ctx context.Context, cutoffs store.Cutoffs) error {
	return do(ctx, s, "purge", func(ctx context.Context) error { return s.inner.Purge(ctx, cutoffs) })
}

// Wake implements [store.Queuer]. Hints take a moment, another one for each replica, so that
// the seed decides who is first.
func (s *processStore) Wake(hint func()) func() {
	p := s.p
	return s.inner.Wake(func() { // under w.mu, as all calls of the store
		p.hints++
		time.AfterFunc(p.w.dice.at("hint", p.slot, p.gen, p.hints).between(0, time.Millisecond), hint)
	})
}

// Close implements [store.Store]. The replicas share what is below.
func (s *processStore) Close() error { return nil }
