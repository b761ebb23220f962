package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// A dialog tells the person when what it does with an event has failed for the last time. As a rule the second part of its route
// does so in the same turn. It cannot if the turn has no time left, was abandoned, or has failed as a whole, and
// what it says is dropped if the store refuses what the route writes, or if the second part itself is what has
// failed. Then the second parts run once more, on their own, before the end of the event is committed.

const (
	// tellTimeout bounds that, unless Config.TurnTimeout is shorter.
	tellTimeout = 5 * time.Second
	// mostTellings is how often it happens for one try of an event: the store may refuse a write of the first time.
	mostTellings = 2
)

// telling is what the second parts came to that have run on their own.
type telling struct {
	times   int
	over    bool            // nothing more is said
	told    map[string]bool // the routes whose second part has run
	results []routeResult   // of those that have said something
}

// drop drops what a route has said on its own, because the store refuses it. It returns false if that is nothing.
func (t *telling) drop(name string) bool {
	before := len(t.results)
	t.results = slices.DeleteFunc(t.results, func(r routeResult) bool { return r.name == name })
	delete(t.told, name)
	return len(t.results) < before
}

// tellFailure runs the second parts of the routes under DIALOG that do not know yet that the event has failed for the last
// time. It returns false when the lease is over.
func (t *turn) tellFailure() bool {
	if t.ev == nil || !t.failed() || t.retryOf().again {
		return true
	}
	failed := t.untold()
	if len(failed) == 0 {
		return true
	}
	person, ok := t.w.person()
	if !ok {
		return false
	}
	last := &turn{w: t.w, queued: t.queued, about: t.about, policy: t.policy, ev: t.ev, own: t.own, age: t.age, traced: t.traced, silence: t.silence, tells: true}
	last.state = store.NewTurn(t.w.e.cfg.Store, person)
	last.see(t.w.held.ctx, person)
	about := code{
		name: "a dialog that says that it has failed", log: t.w.log, about: t.about, limit: min(tellTimeout, t.w.e.cfg.TurnTimeout),
	}
	_, err := run(t.w.held.ctx, t.w.e.guard, about, func(ctx context.Context) (struct{}, error) {
		set := last.state.Begin("middleware")
		set.Discard()
		tell := t.w.e.cfg.Quiet.Wrap(func(ctx context.Context, _ *receiving.Event) error { return last.runTelling(ctx, failed) })
		return struct{}{}, tell(set.Context(last.context(ctx)), t.ev)
	})
	if err != nil {
		last.abandon(err)
	}
	t.takeTelling(last, failed)
	return t.w.held.safe()
}

// untold returns what the second parts of routes under DIALOG do not know yet, by route.
func (t *turn) untold() map[string]handling.Resumption {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.telling.over || t.telling.times == mostTellings || errors.Is(t.failure, errFatal) { // which could end the process again
		return nil
	}
	failed := map[string]handling.Resumption{}
	for _, s := range t.policy.Resuming(t.ev).Steps {
		if t.telling.told[s.Name] || len(t.queued.Only) > 0 && !slices.Contains(t.queued.Only, s.Name) {
			continue
		}
		if t.failure != nil {
			failed[s.Name] = handling.Resumption{Failed: t.failure}
			continue
		}
		for _, r := range t.routes {
			if r.name == s.Name && r.err != nil && !t.told[s.Name] {
				failed[s.Name] = handling.Resumption{Failed: r.err, Resumed: r.resumes}
			}
		}
	}
	return failed
}

// runTelling runs the second parts of routes.
func (t *turn) runTelling(ctx context.Context, failed map[string]handling.Resumption) error {
	silence, silent := handling.SilenceFrom(ctx)
	t.mu.Lock()
	if silent {
		t.silence = &silence
	}
	if t.silence != nil {
		t.runner.KeepSilent(t.ev, *t.silence)
	}
	t.plan = t.policy.Resuming(t.ev)
	t.steps = t.plan.Steps
	t.runner.Tell(failed)
	t.mu.Unlock()
	return t.runSteps(ctx)
}

// takeTelling takes what second parts came to that have run on their own.
func (t *turn) takeTelling(last *turn, failed map[string]handling.Resumption) {
	last.mu.Lock()
	defer last.mu.Unlock()
	last.over = true
	t.mu.Lock()
	defer t.mu.Unlock()
	t.telling.times++
	for name := range failed {
		mark(&t.telling.told, name)
	}
	t.refused = append(t.refused, last.refused...)
	for _, r := range last.routes {
		if r.err != nil {
			t.w.log.Error("a dialog could not say that it has failed", "event", t.queued.Key, "type", t.ev.Type, "route", r.name, "error", r.err)
			continue
		}
		t.telling.results = append(t.telling.results, r)
	}
}

// keepsQuiet drops what was said on its own, because the store refuses the outcome with it. It returns false if that is nothing.
func (t *turn) keepsQuiet() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	said := len(t.telling.results) > 0
	t.telling = telling{over: true}
	return said
}

// mark adds to a set, and makes it if there is none.
func mark(to *map[string]bool, name string) {
	if *to == nil {
		*to = map[string]bool{}
	}
	(*to)[name] = true
}
