package payload

import (
	"fmt"
	"slices"
)

// Ref is the identity of a [Kind], without its type: what routing keeps. Two Refs are equal (==) if they come from one call of
// [New]. The zero Ref, of a Kind that was not made by New, has no name and matches nothing.
type Ref struct {
	def *definition
}

// Name returns the kind's name.
func (r Ref) Name() string {
	if r.def == nil {
		return ""
	}
	return r.def.name
}

// Names returns the kind's name and then its aliases, in the order in which they were given.
func (r Ref) Names() []string {
	if r.def == nil {
		return nil
	}
	return append([]string{r.def.name}, r.def.aliases...)
}

// IsZero reports whether the kind was not made by [New].
func (r Ref) IsZero() bool {
	return r.def == nil
}

// Matches reports whether s is a payload of this kind.
func (r Ref) Matches(s string) bool {
	name, ok := KindOf(s)
	return ok && r.has(name)
}

// Clash returns a name that two different kinds share, and whether there is one. Routing refuses such a pair, since a payload of
// that name would be ambiguous. A kind does not clash with itself.
func (r Ref) Clash(other Ref) (name string, ok bool) {
	if r == other {
		return "", false
	}
	for _, name := range r.Names() {
		if other.has(name) {
			return name, true
		}
	}
	return "", false
}

func (r Ref) has(name string) bool {
	return r.def != nil && (r.def.name == name || slices.Contains(r.def.aliases, name))
}

// Named returns the Ref of a kind that the program has no Go type for, for routing by names that come from elsewhere, such as a
// file. The name is a kind's, a payload that is not JSON, or a djmessenger class of the menu or of Get Started. It returns an
// error if the name breaks the rules of [New]. Each call returns another Ref, which clashes with the kind of that name.
func Named(name string) (Ref, error) {
	if fault := nameFault(name); fault != "" {
		return Ref{}, fmt.Errorf("payload: the name %q %s", name, fault)
	}
	def := &definition{name: name}
	if known := canonical(name); known != name {
		def.aliases = []string{known}
	}
	return Ref{def: def}, nil
}
