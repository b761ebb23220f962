package dialog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// current returns the name by which a step is called now: another one if the name is an alias.
func (o outline) current(name string) string {
	if o.index(name) >= 0 {
		return name
	}
	if i := slices.IndexFunc(o, func(s stop) bool { return slices.Contains(s.aliases, name) }); i >= 0 {
		return o[i].name
	}
	return name
}

// renamed returns the run with the names that its steps have now.
func (r record) renamed(o outline) record {
	if !o.hasAliases() {
		return r
	}
	r.Step = o.current(r.Step)
	r.Done, r.Return, r.Skipped = o.allCurrent(r.Done), o.allCurrent(r.Return), o.allCurrent(r.Skipped)
	left := make(map[string]string, len(r.Left))
	for step, by := range r.Left {
		left[o.current(step)] = o.current(by)
	}
	parts := make(map[string]json.RawMessage, len(r.Parts))
	for step, part := range r.Parts {
		parts[o.current(step)] = part
	}
	r.Left, r.Parts = left, parts
	return r
}

// hasAliases reports whether a step was called something else before.
func (o outline) hasAliases() bool {
	return slices.ContainsFunc(o, func(s stop) bool { return len(s.aliases) > 0 })
}

// allCurrent are the names by which steps are called now, each once.
func (o outline) allCurrent(names []string) []string {
	all := make([]string, 0, len(names))
	for _, name := range names {
		if name = o.current(name); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// validateAliases reports aliases of steps that another step has, and dependencies on steps that do not exist.
func validateAliases(v *validation, o outline) {
	seen := map[string]bool{}
	for _, s := range o {
		seen[s.name] = true
	}
	for _, s := range o {
		for _, alias := range s.aliases {
			if seen[alias] && !strings.HasSuffix(alias, "."+endOfInclude) {
				v.fail(s.name, fmt.Errorf("the alias %q is the name or an alias of another step", alias))
			}
			seen[alias] = true
		}
		for _, step := range s.depends {
			if o.index(step) < 0 {
				v.fail(s.name, fmt.Errorf("it depends on %q, and there is no such step", step))
			}
		}
	}
}

// aliasFaults are what is wrong with the aliases of a step.
func aliasFaults(aliases []string) []error {
	var errs []error
	for _, alias := range aliases {
		if err := checkName(alias); err != nil {
			errs = append(errs, fmt.Errorf("the alias %q %w", alias, err))
		}
	}
	return errs
}
