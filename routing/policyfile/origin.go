package policyfile

import "reflect"

// origin is the [routing.Route.Origin] of a route that was read from a file.
type origin struct {
	at      Position
	handler *made
	when    *made
	senders []*made
}

// String returns the place in the file.
func (o *origin) String() string { return o.at.String() }

// made is a part of a route and what it was made of.
type made struct {
	part any
	from *value
}

// still returns what a part was made of, if it is still the one that was made, or an
// equal one. Functions are equal if their code is: what a closure holds cannot be seen.
func (m *made) still(part any) (*value, bool) {
	if m == nil || part == nil || m.part == nil {
		return nil, false
	}
	return m.from, same(reflect.ValueOf(m.part), reflect.ValueOf(part), 0)
}

// same reports whether two values are equal, functions by their code.
func same(a, b reflect.Value, depth int) bool {
	if !a.IsValid() || !b.IsValid() {
		return a.IsValid() == b.IsValid()
	}
	if a.Type() != b.Type() || depth > MaxDepth {
		return false
	}
	switch a.Kind() {
	case reflect.Func:
		return a.Pointer() == b.Pointer()
	case reflect.Pointer:
		return a.Pointer() == b.Pointer() || same(a.Elem(), b.Elem(), depth+1)
	case reflect.Interface:
		return same(a.Elem(), b.Elem(), depth+1)
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i), depth+1) {
				return false
			}
		}
		return true
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i), depth+1) {
				return false
			}
		}
		return true
	case reflect.Map:
		if a.Len() != b.Len() {
			return false
		}
		for entries := a.MapRange(); entries.Next(); {
			if other := b.MapIndex(entries.Key()); !other.IsValid() || !same(entries.Value(), other, depth+1) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}
