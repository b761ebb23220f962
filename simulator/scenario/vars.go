package scenario

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/simulator"
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

// checkNames finds references to what no earlier step keeps.
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
		one.mentions = r.mentions(one, known)
		for _, name := range one.groups() {
			known[name] = name
		}
		if one.keep != "" {
			known[one.keep] = one.keep
		}
	}
}

// mentions are the people of the simulator whose ids a step refers to without that another step names them. They can be those
// that each simulator has; others stand in people.
func (r *reader) mentions(s *step, known map[string]string) []string {
	var found []string
	everyone := maps.Clone(known)
	for _, person := range simulator.DefaultPeople() {
		name := strings.ToLower(person.FirstName)
		everyone[name] = name
	}
	_, _ = s.value.mapped(func(line int, text string) (string, error) {
		if _, err := filled(text, everyone); err != nil {
			r.fail(line, "%v; a person who does nothing stands in people", err)
		}
		for _, ref := range reference.FindAllStringSubmatch(text, -1) {
			if _, ok := known[ref[1]]; !ok && everyone[ref[1]] != "" {
				found = append(found, ref[1])
			}
		}
		return text, nil
	}) // the function returns no error
	return found
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
