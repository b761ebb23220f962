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

// still returns what a part was made of, if it is still the one that was made. Parts
// with functions in them cannot be compared, and are taken for the same if their type
// is.
func (m *made) still(part any) (*value, bool) {
	if m == nil || reflect.TypeOf(m.part) != reflect.TypeOf(part) {
		return nil, false
	}
	v := reflect.ValueOf(part)
	switch {
	case v.Comparable():
		return m.from, m.part == part
	case holdsFunc(v.Type(), 0):
		return m.from, true
	default:
		return m.from, reflect.DeepEqual(m.part, part)
	}
}

// holdsFunc reports whether a value of that type may have a function in it.
func holdsFunc(t reflect.Type, depth int) bool {
	if depth > 5 {
		return true
	}
	switch t.Kind() {
	case reflect.Func, reflect.Interface:
		return true
	case reflect.Array, reflect.Slice, reflect.Map, reflect.Pointer:
		return holdsFunc(t.Elem(), depth+1)
	case reflect.Struct:
		for f := range t.Fields() {
			if holdsFunc(f.Type, depth+1) {
				return true
			}
		}
	}
	return false
}
