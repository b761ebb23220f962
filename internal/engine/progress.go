package engine

import (
	"errors"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/store"
)

// begun is the outcome of beginning a step.
type begun int

const (
	stepBegun   begun = iota
	stepSkipped       // by those before it
	turnOver
)

// begin notes the route that runs.
func (t *turn) begin(i int, set *store.WriteSet, out *outlet) begun {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.over:
		return turnOver
	case !t.runner.Runs(t.steps[i]):
		return stepSkipped
	}
	t.at, t.current, t.set, t.out = i, t.steps[i].Name, set, out
	return stepBegun
}

// progress is what middleware sees of the turn.
func (t *turn) progress() handling.Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := handling.Progress{Silence: t.silence}
	for _, r := range t.routes {
		result := handling.RouteResult{Name: r.name, Messages: len(r.sends), Err: r.err}
		for _, f := range t.refused {
			if f.route == r.name {
				result.Refused++
			}
		}
		p.Routes = append(p.Routes, result)
	}
	return p
}

// skip notes that the route that ran had nothing to do.
func (t *turn) skip(step routes.Step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current = ""
	t.resumed(step)
}

// resumed notes that the second part of a route has run. t.mu must be held.
func (t *turn) resumed(step routes.Step) {
	if step.Resumes {
		mark(&t.told, step.Name)
	}
}

// end keeps what a route came to. It returns false when the turn is over.
func (t *turn) end(result routeResult) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return false
	}
	t.current = ""
	t.runner.Handled(t.steps[t.at])
	if result.err == nil {
		t.resumed(t.steps[t.at])
	}
	t.add(result)
	return true
}

// add adds what a route came to. A route is named once if both of its parts have failed. t.mu must be held.
func (t *turn) add(result routeResult) {
	if result.resumes && result.err != nil {
		for i := range t.routes {
			if r := &t.routes[i]; r.name == result.name && r.err != nil {
				r.err = errors.Join(r.err, result.err)
				return
			}
		}
	}
	t.routes = append(t.routes, result)
}

// lastFailure notes that a route has failed in the event's last try, so that a dialog can say so.
func (t *turn) lastFailure(step routes.Step, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.runner.Failed(step, err)
}

// failRest fails the routes from there on, which were not begun: on the last
// try they must be in the dead letter.
func (t *turn) failRest(from int, cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over {
		t.notBegun(from, cause)
	}
}

// notBegun notes the routes from there on as failed. t.mu must be held.
func (t *turn) notBegun(from int, cause error) {
	for _, s := range t.steps[from:] {
		if !s.Resumes && t.runner.Runs(s) {
			t.routes = append(t.routes, routeResult{name: s.Name, err: fmt.Errorf("not begun: %w", cause)})
		}
	}
}

// cutShort fails the route that runs, and those after it; or else the turn as a
// whole. t.mu must be held.
func (t *turn) cutShort(cause error) {
	if t.current == "" {
		t.failure = cause // a middleware, between or after the routes
		return
	}
	t.set.Discard()
	_, _, refused := t.out.end()
	t.keepRefused(t.current, refused)
	t.runner.Handled(t.steps[t.at])
	t.add(routeResult{name: t.current, err: cause, resumes: t.steps[t.at].Resumes})
	t.notBegun(t.at+1, cause)
}

// abandon ends a turn whose code has ended its goroutine, or does not return. What it
// queues from now on is refused.
func (t *turn) abandon(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over && !t.returned {
		t.cutShort(err)
	}
	t.over = true
}

// fail fails the turn as a whole.
func (t *turn) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failure = err
}

// failRoute fails one route after the fact.
func (t *turn) failRoute(name string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.telling.drop(name) {
		return
	}
	for i, r := range t.routes {
		if r.name == name && r.err == nil {
			delete(t.told, name)
			t.routes = slices.Delete(t.routes, i, i+1)
			t.add(routeResult{name: name, err: err, resumes: r.resumes})
			return
		}
	}
	t.failure = err
}

// routeOf returns the route that queued a session last.
func (t *turn) routeOf(c *store.ConflictError) string {
	return t.routeWith(func(w store.Write) bool {
		s, ok := w.(store.SaveSession)
		return ok && s.Name == c.Name && s.PSID == c.PSID && s.PageID == c.PageID
	})
}

// routeOfStranger returns the route that raised something last for a person whom the store must
// know.
func (t *turn) routeOfStranger() string {
	return t.routeWith(func(w store.Write) bool {
		raised, ok := w.(store.Raise)
		return ok && raised.Known
	})
}

// routeWith returns the last route that queued such a write.
func (t *turn) routeWith(such func(store.Write) bool) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range slices.Backward(slices.Concat(t.routes, t.telling.results)) {
		if slices.ContainsFunc(r.writes, such) {
			return r.name
		}
	}
	return ""
}

func (t *turn) failed() bool { return t.err() != nil }

// err returns all failures.
func (t *turn) err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	errs := []error{t.failure}
	for _, r := range t.routes {
		if r.err != nil {
			errs = append(errs, fmt.Errorf("route %s: %w", r.name, r.err))
		}
	}
	return errors.Join(errs...)
}
