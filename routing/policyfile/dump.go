package policyfile

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/djmessenger/messenger/internal/datatree"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
)

// Dump writes a policy as a file that [Registry.Load] reads as the same policy: DEFAULT
// first, then the other types by name.
//
// It can write the routes that came from a file, as long as their handler, condition
// and senders are those that the registry made, or equal ones, and parts made in Go whose entry knows
// their arguments: those of [BuiltIn], and those with the option [Dump]. Everything else
// is an error, and all such errors are returned, joined, each with its place.
func (r *Registry) Dump(policy routing.Policy, format Format) ([]byte, error) {
	if err := r.Err(); err != nil {
		return nil, err
	}
	d := &dumping{reg: r}
	routers := &value{Kind: list}
	types := make([]receiving.Type, 0, len(policy))
	for t := range policy {
		types = append(types, t)
	}
	slices.SortFunc(types, func(a, b receiving.Type) int {
		switch {
		case a == b:
			return 0
		case a == receiving.TypeDefault || b != receiving.TypeDefault && a < b:
			return -1
		}
		return 1
	})
	for _, t := range types {
		router := &value{Kind: object}
		router.Set("type", datatree.TextValue(string(t)))
		routes := &value{Kind: list}
		for i, route := range policy[t] {
			routes.Items = append(routes.Items, d.route(fmt.Sprintf("%s/%d", t, i), route))
		}
		router.Set("handlers", routes)
		routers.Items = append(routers.Items, router)
	}
	if err := errors.Join(d.errs...); err != nil {
		return nil, err
	}
	root := &value{Kind: object}
	root.Set("routers", routers)
	return write(root, format)
}

// dumping is the writing of one policy.
type dumping struct {
	reg  *Registry
	errs []error
}

// route writes one route. Its errors are noted.
func (d *dumping) route(place string, route routing.Route) *value {
	if route.Name != "" {
		place = fmt.Sprintf("%s (route %q)", place, route.Name)
	}
	from, _ := route.Origin.(*origin)
	if from == nil {
		from = &origin{}
	}
	v := &value{Kind: object}
	note := func(name string, part *value, err error) {
		if err != nil {
			d.errs = append(d.errs, err)
		}
		if part != nil && err == nil {
			v.Set(name, part)
		}
	}
	if route.Handler != nil {
		h, err := d.part(handlers, place+": handler", route.Handler, from.handler)
		if err != nil {
			note("", nil, err)
		} else {
			v.Members = append(v.Members, h.Members...)
		}
	}
	if route.Name != "" {
		v.Set("route", datatree.TextValue(route.Name))
	}
	if route.When != nil {
		c, err := d.condition(place+": When", route.When, from.when)
		note("when", c, err)
	}
	if route.Timeout != 0 {
		v.Set("timeout", datatree.TextValue(route.Timeout.String()))
	}
	if retry := reflect.ValueOf(route.Retry); !retry.IsZero() {
		written, err := d.encode(place+": Retry", retry)
		note("retry", written, err)
	}
	for _, flag := range []struct {
		name string
		on   bool
	}{{"typing", route.Typing}, {"cancel_on_newer", route.CancelOnNewer}, {"final", route.Final}, {"otherwise", route.Otherwise}, {"typed_taps", route.TypedTaps}, {"signals", route.Signals}, {"despite_silence", route.DespiteSilence}} {
		if flag.on {
			v.Set(flag.name, &value{Kind: boolean, Yes: true})
		}
	}
	list := &value{Kind: list}
	for i, sender := range route.Senders {
		s, err := d.part(senders, fmt.Sprintf("%s: senders[%d]", place, i), sender, from.sender(sender, i))
		if err != nil {
			note("", nil, err)
			continue
		}
		list.Items = append(list.Items, s)
	}
	if len(list.Items) > 0 {
		v.Set("senders", list)
	}
	return v
}

// sender returns what a sender was made of: by its index, or, since senders may have
// been taken out, any that is the same.
func (o *origin) sender(part any, i int) *made {
	if i < len(o.senders) {
		if _, ok := o.senders[i].still(part); ok {
			return o.senders[i]
		}
	}
	for _, m := range o.senders {
		if _, ok := m.still(part); ok {
			return m
		}
	}
	return nil
}

// part writes the name and the arguments of a handler, sender or condition.
func (d *dumping) part(s sort, place string, part any, from *made) (*value, error) {
	v := &value{Kind: object}
	if was, ok := from.still(part); ok {
		v.Set("name", was.Get("name"))
		if args := was.Get("args"); args != nil && len(args.Members) > 0 {
			v.Set("args", args)
		}
		return v, nil
	}
	for _, e := range d.reg.entries(s) {
		if e.dump == nil {
			continue
		}
		args, ok := e.dump(part)
		if !ok {
			continue
		}
		encoded, err := d.encode(place, args)
		if err != nil {
			return nil, err
		}
		v.Set("name", datatree.TextValue(e.name))
		if len(encoded.Members) > 0 {
			v.Set("args", encoded)
		}
		return v, nil
	}
	return nil, fmt.Errorf("policyfile: %s: the registry did not make this %s, a %s", place, s, partName(part))
}

// condition writes a condition.
func (d *dumping) condition(place string, part any, from *made) (*value, error) {
	if was, ok := from.still(part); ok {
		return was, nil
	}
	v := &value{Kind: object}
	several := func(name string, parts []routing.Condition) (*value, error) {
		list := &value{Kind: list}
		for i, p := range parts {
			inner, err := d.condition(fmt.Sprintf("%s[%d]", place, i), p, nil)
			if err != nil {
				return nil, err
			}
			list.Items = append(list.Items, inner)
		}
		v.Set(name, list)
		return v, nil
	}
	switch c := part.(type) {
	case routing.All:
		return several("all", c)
	case routing.Any:
		return several("any", c)
	case routing.Not:
		inner, err := d.condition(place+"[0]", c.Condition, nil)
		if err != nil {
			return nil, err
		}
		v.Set("not", inner)
		return v, nil
	}
	return d.part(conditions, place, part, nil)
}

// partName says what a part is.
func partName(part any) string {
	if s, ok := part.(fmt.Stringer); ok {
		return fmt.Sprintf("%s (%T)", s, part)
	}
	return fmt.Sprintf("%T", part)
}
