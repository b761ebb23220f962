package scenario

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/simulator"
)

// place is what can stand at a part of a step that is compared with what there is.
type place struct {
	fields map[string]place // of an object, which has a text of its own too; nil: a text, a number, true or false
	items  *place           // of a list
	free   bool             // any JSON: what it has is not known
}

// Operators that fit a list, and those that fit all else.
var (
	listOperators   = []string{"any", "equals", "has"}
	scalarOperators = []string{"any", "at least", "at most", "contains", "equals", "matches"}
)

var (
	buttonPlace = place{fields: placesOf[simulator.Button]()}
	replyPlace  = place{fields: placesOf[simulator.QuickReply]()}
	cardPlace   = place{fields: with(placesOf[simulator.Element](), map[string]place{"buttons": {items: &buttonPlace}, "default_action": buttonPlace})}
	// messagePlace is a message that a person sees, refusalPlace an error of the Graph API.
	messagePlace = place{fields: messagePlaces()}
	refusalPlace = place{fields: map[string]place{"code": {}, "error_subcode": {}, "message": {}, "type": {}, "is_transient": {}}}
)

// placesOf are the fields of a struct as JSON has them.
func placesOf[T any]() map[string]place {
	places := map[string]place{}
	for f := range reflect.TypeFor[T]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		places[name] = place{}
	}
	return places
}

func messagePlaces() map[string]place {
	places := map[string]place{}
	for _, key := range messageKeys {
		places[key] = place{}
	}
	for _, key := range slices.Concat([]string{"attachments", "payload", "raw"}, templateTypes) {
		places[key] = place{free: true}
	}
	return with(places, map[string]place{
		"quick_replies": {items: &replyPlace}, "buttons": {items: &buttonPlace}, "cards": {items: &cardPlace},
		"persona": {fields: map[string]place{"id": {}, "name": {}, "profile_picture_url": {}}},
	})
}

// compared are the parts of a step that are compared, by their keys; the empty key is the whole value.
type compared struct {
	parts map[string]place
	keeps bool // what named groups of patterns match is kept
}

var comparisons = map[string]compared{
	"sees":       {map[string]place{"": messagePlace}, true},
	"is refused": {map[string]place{"": refusalPlace}, true},
	"send":       {map[string]place{"refused": refusalPlace, "answer": {free: true}, "status": {}}, true},
	"calls":      {map[string]place{"body": {free: true}, "status": {}, "count": {}}, false},
	"callbacks":  {map[string]place{"field": {}, "status": {}, "count": {}}, false},
}

// checkCompared refuses what nothing could fit.
func (r *reader) checkCompared(s *step) {
	c := comparisons[s.name]
	for key, at := range c.parts {
		v, what := s.value, s.title()
		if key != "" {
			v, what = s.value.get(key), key+" of "+s.title()
		}
		if v == nil {
			continue
		}
		r.checkPlace(what, v, at)
		if groups := groupsIn(v); len(groups) > 0 && !c.keeps {
			r.fail(v.line, "%s compares many: the named group %s would keep one of them", s.title(), groups[0])
		}
	}
}

// groups are the named groups of the patterns of a step, which keep what they match.
func (s *step) groups() []string {
	c := comparisons[s.name]
	if !c.keeps {
		return nil
	}
	var names []string
	for key := range c.parts {
		if v := s.value; key == "" {
			names = append(names, groupsIn(v)...)
		} else if v = v.get(key); v != nil {
			names = append(names, groupsIn(v)...)
		}
	}
	return names
}

func (r *reader) checkPlace(what string, v *value, at place) {
	switch {
	case at.free:
		r.checkFree(v)
	case v.kind == list && at.items == nil:
		r.fail(v.line, "%s is no list", what)
	case v.kind == list:
		for _, item := range v.items {
			r.checkPlace("one of "+what, item, *at.items)
		}
	case v.kind == object:
		known := scalarOperators
		if at.items != nil {
			known = listOperators
		}
		for _, m := range v.members {
			if inner, ok := at.fields[m.name]; ok {
				r.checkPlace(m.name, m.value, inner)
			} else if slices.Contains(known, m.name) {
				r.checkOperator(what, m, at)
			}
		}
		r.keys(v, what, append(sortedKeys(at.fields), known...))
	case v.scalar() && at.items != nil:
		r.fail(v.line, "%s is a list, such as [%s], or {has: [%s]}", what, v.text, v.text)
	}
}

// checkFree checks the operators in JSON of which only they are known.
func (r *reader) checkFree(v *value) {
	for _, m := range v.members {
		if slices.Contains(operators, m.name) {
			r.checkOperator(m.name, m, place{free: true, items: &place{free: true}})
		} else {
			r.checkFree(m.value)
		}
	}
	for _, item := range v.items {
		r.checkFree(item)
	}
}

func (r *reader) checkOperator(what string, m member, at place) {
	switch m.name {
	case "matches":
		if _, err := regexp.Compile(m.value.text); err != nil || !m.value.scalar() {
			r.fail(m.line, "matches is a regular expression as RE2 has it: %v", err)
		}
	case "at least", "at most":
		if _, ok := numberOf(m.value.text); !ok && !strings.Contains(m.value.text, "{{") {
			r.fail(m.line, "%s is a number, not %v", m.name, m.value)
		}
	case "contains":
		if !m.value.scalar() {
			r.fail(m.line, "contains is a text, not %s", kindNames[m.value.kind])
		}
	case "any":
		if m.value.kind != boolean {
			r.fail(m.line, "any is true or false, not %v", m.value)
		}
	case "equals":
		r.checkPlace(what, m.value, at)
	case "has":
		for _, item := range m.value.listed() {
			r.checkPlace("one of "+what, item, *at.items)
		}
	}
}
