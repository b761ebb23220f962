package scenario

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// reference is a name in a text that stands for what is kept under it.
var reference = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// filled replaces the references of a text.
func filled(text string, known map[string]string) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	var unknown error
	out := reference.ReplaceAllStringFunc(text, func(found string) string {
		name := reference.FindStringSubmatch(found)[1]
		value, ok := known[name]
		if !ok && unknown == nil {
			unknown = fmt.Errorf("nothing is kept as %q%s", name, nearestHint(name, slices.Sorted(maps.Keys(known))))
		}
		return value
	})
	return out, unknown
}

// checkNames finds references to what no earlier step keeps. The people of the simulator are not known yet.
func (r *reader) checkNames(s *Scenario) {
	known := map[string]string{}
	maps.Copy(known, s.vars)
	for name := range s.people {
		known[name] = name
	}
	for _, one := range s.steps {
		if one.who != "" {
			known[one.who] = one.who
		}
	}
	for _, one := range s.steps {
		if one.value != nil {
			_, err := one.value.mapped(func(line int, text string) (string, error) {
				if _, err := filled(text, known); err != nil {
					r.fail(line, "%v", err)
				}
				return text, nil
			})
			if err != nil {
				r.fail(one.line, "%v", err)
			}
			for _, name := range groupsIn(one.value) {
				known[name] = name
			}
		}
		if one.keep != "" {
			known[one.keep] = one.keep
		}
	}
}

// groupsIn are the named groups of the patterns in a value, which keep what they match.
func groupsIn(v *value) []string {
	var names []string
	for _, m := range v.members {
		if pattern, err := regexp.Compile(m.value.text); m.name == "matches" && m.value.scalar() && err == nil {
			names = append(names, slices.DeleteFunc(pattern.SubexpNames(), func(name string) bool { return name == "" })...)
		}
		names = append(names, groupsIn(m.value)...)
	}
	for _, item := range v.items {
		names = append(names, groupsIn(item)...)
	}
	return names
}
