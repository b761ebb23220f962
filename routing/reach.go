package routing

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
)

// reached is what is known of one route.
type reached struct {
	fits bool   // its condition and its handler take some event
	runs bool   // and so does what comes before it
	why  error  // why it does not run
	on   string // the field that is why
	step routes.Step
}

// reach reports the routes that can never run.
func (v *validation) reach(c *routes.Table) {
	found := map[stepID]*reached{}
	for _, t := range receiving.Types() {
		steps, typed := c.Steps(&receiving.Event{Type: t}), typedOnly(c.Typed(t))
		v.walk(found, t, steps)
		v.walk(found, t, typed)
		v.walk(found, t, despiteSilence(t, steps))
		v.walk(found, t, despiteSilence(t, typed))
		if t.IsTap() {
			v.fallbackBeforeTap(t, steps)
		}
	}
	ids := slices.SortedFunc(maps.Keys(found), func(a, b stepID) int {
		return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.index, b.index))
	})
	for _, id := range ids {
		v.at = id
		switch r := found[id]; {
		case !r.fits:
			field, err := misfit(r.step)
			v.fail(id.where(field), v.places[id], neverRunsError{err})
		case !r.runs:
			v.fail(id.where(r.on), v.places[id], neverRunsError{r.why})
		}
	}
}

// typedOnly returns the steps that take a typed tap. Those around them are walked with
// their own types.
func typedOnly(steps []routes.Step) []routes.Step {
	return slices.DeleteFunc(slices.Clone(steps), func(s routes.Step) bool { return !s.Typed })
}

// despiteSilence returns the steps that run while the bot keeps silent, if some run only
// because they do so despite the silence: those before them that do not run then cannot
// keep them from running.
func despiteSilence(t receiving.Type, steps []routes.Step) []routes.Step {
	if !slices.ContainsFunc(steps, func(s routes.Step) bool { return s.DespiteSilence }) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(steps), func(s routes.Step) bool { return s.Silenced(&receiving.Event{Type: t}) })
}

// walk goes through the steps of one type.
func (v *validation) walk(found map[stepID]*reached, t receiving.Type, steps []routes.Step) {
	var final *routes.Step                       // the route that surely ends the turn
	handled := map[routes.Entries]*routes.Step{} // the route of each entry that surely handles the event
	var maybe routes.Entries                     // those that may have handled it
	for _, s := range steps {
		if s.Resumes || s.Taker && s.Type != receiving.TypeSignal {
			continue // it is there for the events of its own type
		}
		id := idOf(s)
		r := found[id]
		if r == nil {
			r = &reached{step: s}
			found[id] = r
		}
		entry, waitsFor := s.Entry()
		if v.broken[id] {
			r.fits, r.runs = true, true
			maybe |= entry
			continue
		}
		if !s.Taker && !fits(s, t) {
			continue
		}
		r.fits = true
		by := handledBy(handled, waitsFor)
		switch {
		case final != nil:
			r.why = runsBefore("it never runs: the route ", *final, " before it handles every event, and is Final")
		case s.Otherwise && by != nil:
			r.why = runsBefore("it never runs: it is an Otherwise route, and the route ", *by, " before it handles every event")
			r.on = "Otherwise"
		default:
			r.runs = true
		}
		if alwaysHandles(s, t) {
			if s.Final && final == nil && (!s.Otherwise || maybe&waitsFor == 0) {
				final = &s
			}
			if handled[entry] == nil {
				handled[entry] = &s
			}
		}
		maybe |= entry
	}
}

func handledBy(handled map[routes.Entries]*routes.Step, waitsFor routes.Entries) *routes.Step {
	for _, entry := range []routes.Entries{routes.OfDefault, routes.OfOwnType, routes.OfTap, routes.OfTyped} {
		if s := handled[entry]; s != nil && entry&waitsFor != 0 {
			return s
		}
	}
	return nil
}

// runsBefore is a problem with a route that comes before another.
func runsBefore(before string, s routes.Step, after string) error {
	return &otherError{before: before, called: s.Name, after: after, at: idOf(s).where("")}
}

// fallbackBeforeTap reports an Otherwise route under the type of a tap that takes what
// a route under TAP is for: one that selects some taps by their payload. One that handles
// every tap, to count them for example, runs beside the fallback as it is meant to.
func (v *validation) fallbackBeforeTap(t receiving.Type, steps []routes.Step) {
	tap := slices.ContainsFunc(steps, func(s routes.Step) bool {
		return s.Type == receiving.TypeTap && !v.broken[idOf(s)] && fits(s, t) && selectsPayload(s)
	})
	if !tap {
		return
	}
	for _, s := range steps {
		if s.Type == t && s.Otherwise && !s.Final && !v.broken[idOf(s)] && takesAll(s, t) {
			v.at = idOf(s)
			v.fail(v.at.where("Otherwise"), v.places[v.at], errors.New("it is an Otherwise route that runs before the routes under TAP, also for the taps that those handle; "+
				"put it under TAP, or make it Final"))
		}
	}
}

// selectsPayload reports whether a step's handler or condition is for some payloads only.
func selectsPayload(s routes.Step) bool {
	_, ok := s.Handler.(handling.PayloadUser)
	return ok || asksPayload(s.When)
}

func asksPayload(c Condition) bool {
	switch c := c.(type) {
	case All:
		return slices.ContainsFunc(c, asksPayload)
	case Any:
		return slices.ContainsFunc(c, asksPayload)
	case handling.PayloadUser:
		return true
	}
	return false
}

// fits reports whether a step may handle events of a type.
func fits(s routes.Step, t receiving.Type) bool { return can(s.When, t) && handles(s, t) }

// handles reports whether the step's handler may handle events of a type.
func handles(s routes.Step, t receiving.Type) bool {
	limited, ok := s.Handler.(handling.TypeLimited)
	if !ok || limited.Handles(t) {
		return true
	}
	// Under an entry for several types it may name that entry alone.
	return limited.Handles(s.Type) && !slices.ContainsFunc(receiving.Types(), limited.Handles)
}

// alwaysHandles reports whether a step that is tried for an event of a type surely
// handles it, or fails.
func alwaysHandles(s routes.Step, t receiving.Type) bool {
	switch s.Handler.(type) {
	case routes.OnlyAnswers, handling.Dummy, *handling.Dummy, handling.SaveMessage, *handling.SaveMessage:
		return must(s.When, t)
	}
	return false
}

// takesAll is alwaysHandles, with a function too: it may return handling.Skip, but
// seldom does.
func takesAll(s routes.Step, t receiving.Type) bool {
	_, function := s.Handler.(handling.Func)
	return alwaysHandles(s, t) || function && must(s.When, t)
}

// can reports whether events of a type may meet a condition.
func can(c Condition, t receiving.Type) bool {
	switch c := c.(type) {
	case nil:
		return true
	case All:
		return !slices.ContainsFunc(c, func(part Condition) bool { return !can(part, t) })
	case Any:
		return slices.ContainsFunc(c, func(part Condition) bool { return can(part, t) })
	case Not:
		return !must(c.Condition, t)
	case handling.TypeLimited:
		return c.Handles(t)
	}
	return true
}

// must reports whether all events of a type meet a condition.
func must(c Condition, t receiving.Type) bool {
	switch c := c.(type) {
	case nil:
		return true
	case All:
		return !slices.ContainsFunc(c, func(part Condition) bool { return !must(part, t) })
	case Any:
		return slices.ContainsFunc(c, func(part Condition) bool { return must(part, t) })
	case Not:
		return !can(c.Condition, t)
	case Types:
		return c.has(t)
	}
	return false
}

// misfit says why a step handles no event, and which field is the reason.
func misfit(s routes.Step) (field string, err error) {
	handled, matched := typesThat(func(t receiving.Type) bool { return handles(s, t) }), typesThat(func(t receiving.Type) bool { return can(s.When, t) })
	if only := []receiving.Type{receiving.TypeSignal}; s.Type == receiving.TypeDefault && !s.Signals && (slices.Equal(handled, only) || slices.Equal(matched, only)) {
		return "Signals", errors.New("it is for signals, and runs for none: it is under DEFAULT without Signals")
	}
	of := func(t receiving.Type) bool {
		return s.Type == receiving.TypeDefault || s.Type == receiving.TypeDialog || t == s.Type || s.Type == receiving.TypeTap && t.IsTap()
	}
	switch {
	case !slices.ContainsFunc(handled, of):
		return "Handler", fmt.Errorf("its handler %s never handles events of this type; it handles %s", routes.NameOf(s.Handler), namesOf(handled))
	case !slices.ContainsFunc(matched, of):
		return "When", fmt.Errorf("its condition %s never matches events of this type; it matches %s", s.When, namesOf(matched))
	}
	return "When", fmt.Errorf("its condition %s and its handler %s are for no event in common; they are for %s, and for %s",
		s.When, routes.NameOf(s.Handler), namesOf(matched), namesOf(handled))
}

func typesThat(is func(receiving.Type) bool) []receiving.Type {
	return slices.DeleteFunc(receiving.Types(), func(t receiving.Type) bool { return !is(t) })
}

func namesOf(types []receiving.Type) string {
	if len(types) == 0 {
		return "none"
	}
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}
