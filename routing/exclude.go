package routing

import (
	"fmt"
	"slices"
	"strings"
)

// excluder is implemented by conditions that cannot hold together with some others.
type excluder interface {
	// excludes reports whether no event meets both conditions.
	excludes(other Condition) bool
}

// contradiction returns an error if an All has two conditions that no event meets
// together, or nil.
func contradiction(all All) error {
	parts := conjuncts(all)
	for i, a := range parts {
		first, ok := a.(excluder)
		if !ok {
			continue
		}
		for _, b := range parts[i+1:] {
			if first.excludes(b) {
				return fmt.Errorf("it never matches: no event meets both %s and %s", a, b)
			}
		}
	}
	return nil
}

// conjuncts returns the conditions of an All, and those of the Alls in it.
func conjuncts(all All) []Condition {
	var parts []Condition
	for _, c := range all {
		if inner, ok := c.(All); ok {
			parts = append(parts, conjuncts(inner)...)
		} else {
			parts = append(parts, c)
		}
	}
	return parts
}

func (c Page) excludes(other Condition) bool {
	o, ok := other.(Page)
	return ok && !overlap(c, o)
}

func (c Payload) excludes(other Condition) bool {
	o, ok := other.(Payload)
	return ok && !overlap(c.kindNames(), o.kindNames())
}

// kindNames returns the names of kinds that a payload which meets the condition can be of.
func (c Payload) kindNames() []string {
	refs := slices.Clone(c.Kinds)
	for _, name := range c.Names {
		ref, _ := named(name)
		refs = append(refs, ref)
	}
	var names []string
	for _, ref := range refs {
		names = append(names, ref.Names()...)
	}
	return names
}

func (c Ref) excludes(other Condition) bool {
	o, ok := other.(Ref)
	switch {
	case !ok:
		return false
	case c.Is != "":
		return !o.has(c.Is)
	case o.Is != "":
		return !c.has(o.Is)
	}
	return c.Prefix != "" && o.Prefix != "" && !strings.HasPrefix(c.Prefix, o.Prefix) && !strings.HasPrefix(o.Prefix, c.Prefix)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
