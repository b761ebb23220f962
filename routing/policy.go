package routing

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Policy maps receiving types to routes. It must not be changed while a bot
// uses it.
type Policy map[receiving.Type][]Route

// Route is a handler and the senders that answer for it.
type Route struct {
	// Name names the route in dead letters and logs, uniquely in the policy.
	// Default: its type and its index, such as "SIMPLE_TEXT/0". Give names to
	// routes if the policy may change while events wait.
	Name string
	// Handler acts.
	Handler handling.Handler
	// Senders answer, in order, if the handler has handled the event.
	Senders []sending.Sender
	// Final ends the event's turn if this route handles it: no route after it
	// runs.
	Final bool
	// Otherwise runs the route only if none before it, under the same type,
	// has handled the event. A route that failed counts as having handled it.
	Otherwise bool
}

// Step is a route with its place in a policy.
type Step struct {
	Route
	// Name is never empty here.
	Name string
	// Type is the policy's entry that the route is under.
	Type receiving.Type
}

// Answers reports whether the step's handler and senders may answer the event; see
// [Step.Ways].
func (s Step) Answers(ev *receiving.Event, ownEcho bool) bool { return len(s.Ways(ev, ownEcho)) > 0 }

// Ways returns the ways in which the step's handler and senders may answer the
// event, the default one first; none if they may not. They are those of
// [sending.Ways]. A route under [receiving.TypeDefault] may only answer acts of a
// person, by a message. Other events, and comments, posts and mentions, can only be
// answered by a route under their own type.
func (s Step) Ways(ev *receiving.Event, ownEcho bool) []sending.Way {
	ways := sending.Ways(ev, ownEcho)
	if len(ways) > 0 && s.Type != ev.Type && (ways[0] != sending.ByMessage || !ev.IsAct()) {
		return nil
	}
	return ways
}

// Steps returns the routes for an event in the order in which they are tried.
// On standby these are only the routes under TypeDefault: another app answers.
func (p Policy) Steps(ev *receiving.Event) []Step {
	var steps []Step
	defaults := p.entry(receiving.TypeDefault)
	for _, first := range []bool{true, false} {
		for _, s := range defaults {
			if _, ok := s.Handler.(runsFirst); ok == first {
				steps = append(steps, s)
			}
		}
	}
	if ev.Standby || ev.Type == receiving.TypeDefault {
		return steps
	}
	return append(steps, p.entry(ev.Type)...)
}

type runsFirst interface{ RunsFirst() }

func (p Policy) entry(t receiving.Type) []Step {
	steps := make([]Step, len(p[t]))
	for i, r := range p[t] {
		steps[i] = Step{Route: r, Name: r.Name, Type: t}
		if r.Name == "" {
			steps[i].Name = fmt.Sprintf("%s/%d", t, i)
		}
	}
	return steps
}

// Runner decides which steps run, and records which ones have handled the event.
type Runner struct {
	handled map[receiving.Type]bool
	final   bool
}

// Runs reports whether the step runs, given the steps before it.
func (r *Runner) Runs(s Step) bool {
	return !r.final && (!s.Otherwise || !r.handled[s.Type])
}

// Handled records that the step has handled the event, or has failed.
func (r *Runner) Handled(s Step) {
	if r.handled == nil {
		r.handled = map[receiving.Type]bool{}
	}
	r.handled[s.Type] = true
	r.final = r.final || s.Final
}

// Explanation says what one route would do for an event.
type Explanation struct {
	// Route is the route's name.
	Route string
	// Fires reports whether its handler would run.
	Fires bool
	// Answers reports whether its senders would answer then.
	Answers bool
	// Ways are the ways in which its handler and senders may answer then, the
	// default one first; none if they may not.
	Ways []sending.Way
	// Why says why, or why not.
	Why string
}

// Explain says which routes of the policy would fire for an event, in order,
// and why. It asks each handler ShouldHandle and calls nothing else; for the
// routes that would fire it supposes that they handle the event. It names a
// handler as [Policy.Validate] does.
func Explain(ctx context.Context, p Policy, ev *receiving.Event) []Explanation {
	var runner Runner
	var out []Explanation
	for _, s := range p.Steps(ev) {
		e := Explanation{Route: s.Name}
		switch {
		case runner.final:
			e.Why = "a final route before it handles the event"
		case !runner.Runs(s):
			e.Why = "it is an otherwise route, and one before it handles the event"
		case !s.Handler.ShouldHandle(ctx, ev):
			e.Why = nameOf(s.Handler) + ".ShouldHandle says no"
		default:
			runner.Handled(s)
			e.Fires = true
			e.Ways = s.Ways(ev, sending.OwnEcho(ev))
			e.Answers = len(s.Senders) > 0 && len(e.Ways) > 0
			e.Why = nameOf(s.Handler) + ".ShouldHandle says yes"
			if len(s.Senders) > 0 && !e.Answers {
				e.Why += "; its senders stay silent, because this route may not answer the event"
			}
		}
		out = append(out, e)
	}
	return out
}
