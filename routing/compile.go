package routing

import (
	"context"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Compiled is a policy that was checked and put in order: for each receiving type it
// has the routes to try. It is immutable and safe for concurrent use.
type Compiled struct {
	defaults []Step
	// byType has the steps of each type that has routes of its own, those under
	// DEFAULT and TAP included.
	byType map[receiving.Type][]Step
	// typed has the steps of a typed text that counts as a tap of that type; it lacks
	// the types that no route with TypedTaps is for.
	typed map[receiving.Type][]Step
}

// Compile checks a policy, as [Policy.Validate] does, and compiles it. The cost of
// [Compiled.Steps] does not depend on how many routes the policy has.
func Compile(p Policy) (*Compiled, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return compile(p), nil
}

func compile(p Policy) *Compiled {
	c := &Compiled{
		defaults: firstFirst(p.steps(receiving.TypeDefault)),
		byType:   map[receiving.Type][]Step{},
		typed:    map[receiving.Type][]Step{},
	}
	taps := p.steps(receiving.TypeTap)
	for _, t := range receiving.Types() {
		own := p.steps(t)
		if !t.IsTap() {
			c.byType[t] = slices.Concat(c.defaults, own)
			continue
		}
		c.byType[t] = slices.Concat(c.defaults, own, taps)
		if typed := typedOf(own, taps); len(typed) > 0 {
			c.typed[t] = slices.Concat(c.defaults, typed, p.steps(receiving.TypeSimpleText))
		}
	}
	for t, steps := range c.byType { // what has no routes of its own shares those of DEFAULT
		if len(steps) == len(c.defaults) {
			delete(c.byType, t)
		}
	}
	return c
}

// firstFirst puts the routes whose handlers ask for it before the others.
func firstFirst(steps []Step) []Step {
	slices.SortStableFunc(steps, func(a, b Step) int {
		_, first := a.Handler.(runsFirst)
		_, second := b.Handler.(runsFirst)
		switch {
		case first == second:
			return 0
		case first:
			return -1
		}
		return 1
	})
	return steps
}

type runsFirst interface{ RunsFirst() }

// typedOf returns the steps that take typed taps, as they are tried for one.
func typedOf(lists ...[]Step) []Step {
	var typed []Step
	for _, s := range slices.Concat(lists...) {
		if s.TypedTaps {
			s.Typed = true
			typed = append(typed, s)
		}
	}
	return typed
}

// entry returns the steps of one of the policy's entries.
func (p Policy) entry(t receiving.Type) []Step {
	steps := make([]Step, len(p[t]))
	for i, r := range p[t] {
		r.Senders = slices.Clone(r.Senders)
		steps[i] = Step{Route: r, Name: r.Name, Type: t, index: i}
		if r.Name == "" {
			steps[i].Name = fmt.Sprintf("%s/%d", t, i)
		}
	}
	return steps
}

// steps is entry with a handler in every step.
func (p Policy) steps(t receiving.Type) []Step {
	steps := p.entry(t)
	for i := range steps {
		if isNil(steps[i].Handler) {
			steps[i].Handler = onlyAnswers{}
		}
	}
	return steps
}

// onlyAnswers is the handler of a route that has none.
type onlyAnswers struct{}

var _ handling.Handler = onlyAnswers{}

func (onlyAnswers) ShouldHandle(context.Context, *receiving.Event) bool { return true }

func (onlyAnswers) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }

// Steps returns the routes for an event in the order in which they are tried; for a
// text without those that typed taps add, which [Compiled.Plan] knows. On standby
// these are only the routes under DEFAULT: another app answers. The slice is shared
// and must not be changed.
func (c *Compiled) Steps(ev *receiving.Event) []Step {
	if !ev.Standby {
		if steps, ok := c.byType[ev.Type]; ok {
			return steps
		}
	}
	return c.defaults
}
