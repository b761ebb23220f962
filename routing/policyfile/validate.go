package policyfile

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/djmessenger/messenger/internal/datatree"
	"github.com/djmessenger/messenger/routing"
)

// validate asks the policy for its mistakes and gives them their places in the file.
func (r *reading) validate() {
	unplaced := routing.Policy{} // with places of its own, the policy's would say both
	for t, routes := range r.policy {
		unplaced[t] = slices.Clone(routes)
		for i := range unplaced[t] {
			unplaced[t][i].Origin = nil
		}
	}
	err := unplaced.Validate()
	if err == nil {
		return
	}
	all := []error{err}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		all = several.Unwrap()
	}
	for _, err := range all {
		m, ok := errors.AsType[*routing.Mistake](err)
		if !ok {
			r.wrong(datatree.Position{File: r.file}, "", err)
			continue
		}
		r.mistake(m)
	}
}

// itsHandler is how routing calls a handler by its Go type, which the file does not have.
var itsHandler = regexp.MustCompile(`(?s)^its handler .* never handles`)

// fileFields are the fields in a file of what [routing.Where] calls by the fields of a route.
var fileFields = map[string]string{
	"Name": "route", "Timeout": "timeout", "TypedTaps": "typed_taps", "Signals": "signals", "Senders": "senders", "Otherwise": "otherwise", "When": "when",
}

// route returns the places of a route.
func (r *reading) route(at routing.Where) (*places, bool) {
	routes := r.places[at.Type]
	if at.Route < 0 || at.Route >= len(routes) {
		return nil, false
	}
	return routes[at.Route], true
}

// locate returns the part of a route that a mistake is in, and whether its arguments are
// what is wrong.
func (r *reading) locate(route *places, m *routing.Mistake) (at located, arguments bool) {
	if errors.Is(m.Err, routing.ErrNeverRuns) {
		return route.route, false
	}
	switch {
	case m.At.Field == "Handler":
		return route.handler, true
	case m.At.Field == "When":
		at = route.when
		if !at.broken {
			at.value, at.place = within(at.value, at.place, m.At.Path)
		}
		return at, true
	case strings.HasPrefix(m.At.Field, "Retry."):
		return withinRetry(route.route, m.At), false
	case m.At.Field == "Senders" && len(m.At.Path) > 0 && m.At.Path[0] < len(route.senders):
		return route.senders[m.At.Path[0]], true
	}
	return route.route, false
}

// mistake notes a mistake that routing has found.
func (r *reading) mistake(m *routing.Mistake) {
	route, ok := r.route(m.At)
	if !ok {
		r.wrong(datatree.Position{File: r.file}, "", m)
		return
	}
	at, arguments := r.locate(route, m)
	if at.broken || at.value == nil {
		return // the part's own mistakes are known
	}
	problem := m.Problem(func(other routing.Where) string {
		if of, ok := r.route(other); ok {
			return fmt.Sprintf("%s (%s)", of.route.place, of.route.value.At)
		}
		return string(other.Type)
	})
	name := at.value.Get("name")
	switch args := at.value.Get("args"); {
	case name != nil && itsHandler.MatchString(problem):
		r.fail(name.At, at.place+".name", "%s", itsHandler.ReplaceAllLiteralString(problem, strconv.Quote(name.Text)+" never handles"))
		return
	case arguments && args != nil:
		r.argument(args, at.place+".args", m.Err)
		return
	}
	for _, field := range []string{fileFields[m.At.Field], "name"} {
		if v := at.value.Get(field); v != nil {
			r.wrong(v.At, at.place+"."+field, placed{problem, m.Err})
			return
		}
	}
	r.wrong(at.value.At, at.place, placed{problem, m.Err})
}

// withinRetry goes down to a field of the route's retry.
func withinRetry(at located, where routing.Where) located {
	at.value, at.place = at.value.Get("retry"), at.place+".retry"
	name := snake(strings.TrimPrefix(where.Field, "Retry."))
	if v := at.value.Get(name); v != nil {
		at.value, at.place = v, at.place+"."+name
	}
	for _, i := range where.Path {
		if at.value.Kind == list && i < len(at.value.Items) {
			at.value, at.place = at.value.Items[i], fmt.Sprintf("%s[%d]", at.place, i)
		}
	}
	return at
}

// within goes down to a part of a condition.
func within(v *value, place string, path []int) (*value, string) {
	for _, i := range path {
		for _, form := range []string{"all", "any", "not"} {
			if inner := v.Get(form); inner != nil {
				v, place = inner, place+"."+form
			}
		}
		if v.Kind == list && i < len(v.Items) {
			v, place = v.Items[i], fmt.Sprintf("%s[%d]", place, i)
		}
	}
	return v, place
}

// placed is an error of routing in the words of the file.
type placed struct {
	problem string
	error
}

func (e placed) Error() string { return e.problem }

func (e placed) Unwrap() error { return e.error }
