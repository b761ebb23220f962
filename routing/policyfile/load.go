package policyfile

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/datatree"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
)

// Load reads a policy from a file of at most [MaxSize] bytes. The error is a
// [Mistakes] if the file is wrong, and else the file system's or that of
// [Registry.Err]. The policy is checked by [routing.Policy.Validate]; what that finds
// is reported with its place in the file.
func (r *Registry) Load(fsys fs.FS, name string) (routing.Policy, error) {
	content, err := readFile(fsys, name)
	if err != nil {
		return nil, err
	}
	return r.Parse(name, content)
}

// Parse is [Registry.Load] for the content of a file. The name is for mistakes, and
// its ending says the format; see [FormatOf].
func (r *Registry) Parse(name string, content []byte) (routing.Policy, error) {
	if err := r.Err(); err != nil {
		return nil, err
	}
	policy, mistakes := r.Check(name, content)
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return policy, nil
}

// Check is [Registry.Parse] for tools: it returns the policy as far as it can be made,
// beside all mistakes. A handler, sender or condition that is not registered, or whose
// arguments are wrong, has a [Placeholder] there. A program does not run such a policy.
// Check does not look at [Registry.Err].
func (r *Registry) Check(name string, content []byte) (routing.Policy, Mistakes) {
	reading := r.read(name, content, nil)
	return reading.policy, reading.mistakes
}

// read reads a file; strings gets the texts among the arguments, unless it is nil.
func (r *Registry) read(name string, content []byte, strings func(String)) *reading {
	reading := &reading{reg: r, file: name, policy: routing.Policy{}, places: map[receiving.Type][]*places{}, strings: strings}
	root, found := files.Read(name, content)
	mistakes := mistakesOf(found)
	reading.mistakes = mistakes
	if root != nil {
		reading.root(root)
		reading.validate()
	}
	reading.mistakes.sort()
	reading.mistakes = reading.mistakes.once()
	return reading
}

// reading is the reading of one file.
type reading struct {
	reg      *Registry
	file     string
	mistakes Mistakes
	policy   routing.Policy
	places   map[receiving.Type][]*places // of the routes of the policy
	field    string                       // of an argument, while it is decoded
	strings  func(String)                 // gets the texts among the arguments; nil if nothing asks
}

// fail notes a mistake.
func (r *reading) fail(at datatree.Position, place, format string, args ...any) {
	r.mistakes = append(r.mistakes, &Mistake{Position: Position(at), Place: place, Problem: fmt.Sprintf(format, args...)})
}

// wrong notes an error as a mistake.
func (r *reading) wrong(at datatree.Position, place string, err error) {
	problem := err.Error()
	for _, prefix := range []string{"handling: ", "sending: ", "routing: "} { // the place says it
		problem = strings.TrimPrefix(problem, prefix)
	}
	r.mistakes = append(r.mistakes, &Mistake{Position: Position(at), Place: place, Problem: datatree.Printable(problem), Err: err})
}

// places are the places of one route.
type places struct {
	route   located
	handler located
	when    located
	senders []located
}

// located is a part with its place. If it is broken, its mistakes are known.
type located struct {
	value  *value
	place  string
	broken bool
}

// root reads the whole file.
func (r *reading) root(v *value) {
	if !r.want(v, "", object) {
		return
	}
	r.only(v, "", []string{"routers", "$schema"})
	if schema := v.Get("$schema"); schema != nil {
		r.want(schema, "$schema", text)
	}
	routers := v.Get("routers")
	if routers == nil {
		r.fail(v.At, "routers", "is missing")
		return
	}
	if !r.want(routers, "routers", list) {
		return
	}
	first := map[receiving.Type]located{}
	for i, router := range routers.Items {
		r.router(router, fmt.Sprintf("routers[%d]", i), first)
	}
}

// router reads one router; first has the router of each type that was read.
func (r *reading) router(v *value, place string, first map[receiving.Type]located) {
	if !r.want(v, place, object) {
		return
	}
	r.only(v, place, []string{"type", "types", "handlers"})
	var types []receiving.Type
	for _, named := range r.types(v, place) {
		t := receiving.Type(named.value.Text)
		if !receiving.Known(t) {
			r.wrong(named.value.At, named.place, routing.Types{t}.Validate())
			continue
		}
		if other, twice := first[t]; twice {
			r.fail(named.value.At, named.place, "%s has a router already: %s (%s)", t, other.place, other.value.At)
			continue
		}
		first[t] = named
		types = append(types, t)
	}
	handlers := v.Get("handlers")
	if handlers == nil {
		r.fail(v.At, place+".handlers", "is missing")
		return
	}
	if !r.want(handlers, place+".handlers", list) {
		return
	}
	for i, handler := range handlers.Items {
		r.handler(handler, fmt.Sprintf("%s.handlers[%d]", place, i), types)
	}
}

// types returns the names of a router's types.
func (r *reading) types(v *value, place string) []located {
	one, several := v.Get("type"), v.Get("types")
	switch {
	case one != nil && several != nil:
		r.fail(several.At, place+".types", "type and types are both there")
	case one != nil:
		if r.want(one, place+".type", text) {
			return []located{{value: one, place: place + ".type"}}
		}
	case several != nil && r.want(several, place+".types", list):
		var named []located
		for i, item := range several.Items {
			at := fmt.Sprintf("%s.types[%d]", place, i)
			if r.want(item, at, text) {
				named = append(named, located{value: item, place: at})
			}
		}
		if len(several.Items) == 0 {
			r.fail(several.At, place+".types", "is empty")
		}
		return named
	case several == nil:
		r.fail(v.At, place+".type", "is missing")
	}
	return nil
}

// handler reads one handler, which is a route under each of the types.
func (r *reading) handler(v *value, place string, types []receiving.Type) {
	if !r.want(v, place, object) {
		return
	}
	r.only(v, place, []string{"name", "args", "senders", "route", "when", "timeout", "retry", "typing", "cancel_on_newer", "final", "otherwise", "typed_taps", "signals", "despite_silence"})
	from := &origin{at: Position(v.At)}
	at := &places{route: located{value: v, place: place}}
	route := routing.Route{Origin: from}

	r.optional(v, place, "route", &route.Name)
	r.optional(v, place, "timeout", &route.Timeout)
	if !r.optional(v, place, "retry", &route.Retry) {
		route.Retry = handling.Retry{} // its own mistakes are enough
	}
	r.optional(v, place, "typing", &route.Typing)
	r.optional(v, place, "cancel_on_newer", &route.CancelOnNewer)
	r.optional(v, place, "final", &route.Final)
	r.optional(v, place, "otherwise", &route.Otherwise)
	r.optional(v, place, "typed_taps", &route.TypedTaps)
	r.optional(v, place, "signals", &route.Signals)
	r.optional(v, place, "despite_silence", &route.DespiteSilence)
	if when := v.Get("when"); when != nil {
		c, ok := r.condition(when, place+".when")
		if !ok {
			c = Placeholder{Name: "a condition"}
			if when.Get("name") != nil {
				c = Placeholder{Name: nameIn(when)}
			}
		}
		at.when = located{when, place + ".when", !ok}
		route.When, from.when = c, &made{c, when}
	}
	if list := v.Get("senders"); list != nil && r.want(list, place+".senders", kindList) {
		for i, item := range list.Items {
			where := fmt.Sprintf("%s.senders[%d]", place, i)
			s, ok := r.sender(item, where)
			at.senders = append(at.senders, located{item, where, !ok})
			route.Senders = append(route.Senders, s)
			from.senders = append(from.senders, &made{s, item})
		}
	}
	at.handler = located{v, place, false}
	if v.Get("name") == nil && v.Get("args") == nil && route.When != nil && len(route.Senders) > 0 {
		r.add(types, route, at)
		return
	}
	part, ok := r.build(handlers, v, place)
	h, _ := part.(handling.Handler)
	if !ok {
		h = Placeholder{Name: nameIn(v)}
	}
	at.handler.broken = !ok
	route.Handler, from.handler = h, &made{h, v}
	r.add(types, route, at)
}

// add puts the route under its types. Under several, each has a name of its own.
func (r *reading) add(types []receiving.Type, route routing.Route, at *places) {
	for _, t := range types {
		one := route
		if route.Name != "" && len(types) > 1 {
			one.Name = route.Name + "/" + string(t)
		}
		r.policy[t] = append(r.policy[t], one)
		r.places[t] = append(r.places[t], at)
	}
}
