package routes

import (
	"cmp"
	"slices"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
)

// Table is a compiled policy: for each receiving type it has the routes to try. It is
// immutable and safe for concurrent use.
type Table struct {
	defaults []Step
	// byType has the steps of each type that has routes of its own, those under
	// DEFAULT and TAP included.
	byType map[receiving.Type][]Step
	// typed has the steps of a typed text that counts as a tap of that type; it lacks
	// the types that no route with TypedTaps is for.
	typed map[receiving.Type][]Step
	// signals has the steps of a signal.
	signals []Step
	dialogs []handling.DialogHandler
	longest time.Duration // the longest timeout of a route
}

// New makes a table of the steps of each of a policy's entries. The cost of
// [Table.Steps] does not depend on how many routes the policy has.
func New(entry func(receiving.Type) []Step) *Table {
	c := &Table{
		defaults: firstFirst(entry(receiving.TypeDefault)),
		byType:   map[receiving.Type][]Step{},
		typed:    map[receiving.Type][]Step{},
	}
	taps, dialogs := entry(receiving.TypeTap), entry(receiving.TypeDialog)
	c.dialogs = dialogsOf(dialogs)
	for _, t := range append(receiving.Types(), receiving.TypeDefault, receiving.TypeTap, receiving.TypeDialog) {
		for _, s := range entry(t) {
			c.longest = max(c.longest, s.Timeout)
		}
	}
	for _, t := range receiving.Types() {
		own := entry(t)
		switch {
		case !takesDialogs(t):
			c.byType[t] = slices.Concat(c.defaults, own)
			continue
		case !t.IsTap():
			c.byType[t] = withDialogs(dialogs, c.defaults, own)
			continue
		}
		c.byType[t] = withDialogs(dialogs, c.defaults, own, taps)
		if typed := typedOf(own, taps); len(typed) > 0 {
			c.typed[t] = withDialogs(dialogs, c.defaults, typed, entry(receiving.TypeSimpleText))
		}
	}
	delete(c.byType, receiving.TypeSignal)
	c.signals = signalSteps(entry)
	for t, steps := range c.byType { // what has no routes of its own shares those of DEFAULT
		if len(steps) == len(c.defaults) {
			delete(c.byType, t)
		}
	}
	return c
}

// First is implemented by handlers that run before the others under DEFAULT.
type First interface{ RunsFirst() }

// firstFirst puts the routes whose handlers ask for it before the others.
func firstFirst(steps []Step) []Step {
	slices.SortStableFunc(steps, func(a, b Step) int {
		_, first := a.Handler.(First)
		_, second := b.Handler.(First)
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

// signalSteps returns the steps of a signal: of those under DEFAULT the ones that ask for signals, then those whose handlers
// take their own, wherever they are, and then those under SIGNAL.
func signalSteps(entry func(receiving.Type) []Step) []Step {
	var defaults, takers, own []Step
	for _, t := range slices.Concat([]receiving.Type{receiving.TypeDefault, receiving.TypeDialog}, receiving.Types(), []receiving.Type{receiving.TypeTap}) {
		for _, s := range entry(t) {
			switch _, takes := s.Handler.(handling.SignalTaker); {
			case takes:
				s.Taker = true
				takers = append(takers, s)
			case t == receiving.TypeDefault && s.Signals:
				defaults = append(defaults, s)
			case t == receiving.TypeSignal:
				own = append(own, s)
			}
		}
	}
	dialogs := entry(receiving.TypeDialog)
	for i := range dialogs {
		dialogs[i].When = nil // as of what takes a signal
	}
	return slices.Concat(firstFirst(defaults), takers, own, resuming(dialogs))
}

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

// Steps returns the routes for an event in the order in which they are tried; for a
// text without those that typed taps add, which [Table.Plan] knows. On standby
// these are only the routes under DEFAULT: another app answers. For a signal see
// [handling.SignalTaker]. The slice is shared and must not be changed.
func (c *Table) Steps(ev *receiving.Event) []Step {
	if ev.Type == receiving.TypeSignal {
		return c.signals
	}
	if !ev.Standby {
		if steps, ok := c.byType[ev.Type]; ok {
			return steps
		}
	}
	return c.defaults
}

// Longer returns what the routes for an event add to the time of its turn, if the timeout of one is longer than that: the
// timeouts of all, and the time of a turn for each that has none. It is 0 if none is longer.
func (c *Table) Longer(ev *receiving.Event, turn time.Duration) time.Duration {
	if c.longest <= turn {
		return 0
	}
	all := c.Steps(ev)
	if ev.Type == receiving.TypeSimpleText && !ev.Standby { // which may count as a tap
		for _, typed := range c.typed {
			all = slices.Concat(all, typed)
		}
	}
	var sum time.Duration
	longer := false
	for _, s := range all {
		longer = longer || s.Timeout > turn
		sum += cmp.Or(s.Timeout, turn)
	}
	if !longer {
		return 0
	}
	return sum
}

// Typed returns the routes for a typed text that counts as a tap of that type, or nil if
// none takes typed taps of it. The slice is shared and must not be changed.
func (c *Table) Typed(tap receiving.Type) []Step { return c.typed[tap] }
