package policyfile

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/djmessenger/messenger/receiving"
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
			r.wrong(Position{File: r.file}, "", err)
			continue
		}
		r.mistake(m)
	}
}

// routePlace is how routing names a route, and the part of it that is wrong.
var (
	routeName  = `([A-Z_]+)/(\d+)(?: \(route "(?:[^"\\]|\\.)*"\))?`
	routePlace = regexp.MustCompile(`(?s)^` + routeName + `(?:: (handler|When|senders)((?:\[\d+\])*).*)?$`)
	itsHandler = regexp.MustCompile(`(?s)^its handler .* never handles`)
	otherRoute = regexp.MustCompile(`(by|at|route) ` + routeName)
)

// at returns the places of a route, by the type and index that routing names.
func (r *reading) at(t, index string) (*places, bool) {
	routes := r.places[receiving.Type(t)]
	i, err := strconv.Atoi(index)
	if err != nil || i >= len(routes) {
		return nil, false
	}
	return routes[i], true
}

// mistake notes a mistake that routing has found.
func (r *reading) mistake(m *routing.Mistake) {
	found := routePlace.FindStringSubmatch(m.Place)
	if found == nil {
		r.wrong(Position{File: r.file}, "", m)
		return
	}
	route, ok := r.at(found[1], found[2])
	if !ok {
		r.wrong(Position{File: r.file}, "", m)
		return
	}
	at := route.route
	switch found[3] {
	case "handler":
		at = route.handler
	case "When":
		at = route.when
		if !at.broken {
			at.value, at.place = within(at.value, at.place, found[4])
		}
	case "senders":
		if i, err := strconv.Atoi(strings.Trim(found[4], "[]")); err == nil && i < len(route.senders) {
			at = route.senders[i]
		}
	}
	if at.broken || at.value == nil {
		return // the part's own mistakes are known
	}
	err := r.translate(m.Err)
	if name := at.value.get("name"); name != nil && itsHandler.MatchString(err.Error()) {
		text := itsHandler.ReplaceAllLiteralString(err.Error(), strconv.Quote(name.text)+" never handles")
		r.fail(name.at, at.place+".name", "%s", text)
		return
	}
	if args := at.value.get("args"); args != nil && found[3] != "" {
		r.argument(args, at.place+".args", err)
		return
	}
	for _, field := range append(about(err), "name") {
		if v := at.value.get(field); v != nil {
			r.wrong(v.at, at.place+"."+field, err)
			return
		}
	}
	r.wrong(at.value.at, at.place, err)
}

// about returns the fields of a route that an error is about.
func about(err error) []string {
	for _, a := range []struct{ words, field string }{
		{"its name is taken by ", "route"},
		{"its Timeout ", "timeout"},
		{"it has TypedTaps", "typed_taps"},
		{"it has senders", "senders"},
		{"it is an Otherwise route", "otherwise"},
		{"its condition ", "when"},
	} {
		if strings.Contains(err.Error(), a.words) {
			return []string{a.field}
		}
	}
	return nil
}

// translate says where another route is that an error names.
func (r *reading) translate(err error) error {
	text := err.Error()
	named := otherRoute.FindStringSubmatchIndex(text)
	if named == nil {
		return err
	}
	other, ok := r.at(text[named[4]:named[5]], text[named[6]:named[7]])
	if !ok {
		return err
	}
	return fmt.Errorf("%s%s (%s)%s", text[:named[3]+1], other.route.place, other.route.value.at, text[named[1]:])
}

// within goes down to a part of a condition, by the indexes that routing names.
func within(v *value, place, indexes string) (*value, string) {
	for index := range strings.SplitSeq(strings.Trim(indexes, "[]"), "][") {
		i, err := strconv.Atoi(index)
		if err != nil {
			break
		}
		for _, form := range []string{"all", "any", "not"} {
			if inner := v.get(form); inner != nil {
				v, place = inner, place+"."+form
			}
		}
		if v.kind == list && i < len(v.items) {
			v, place = v.items[i], place+"["+index+"]"
		}
	}
	return v, place
}
