package policyfile

import (
	"reflect"
	"slices"
)

// String is a text among the arguments of a policy file.
type String struct {
	Position
	// Place is where it is in the tree, such as "routers[0].handlers[1].args.text".
	Place string
	// Field is the field of a struct that it is decoded into, or whose list it is in, with the import path of the
	// package: "github.com/djmessenger/messenger/sending.Button.Title". An argument of a type without a name has none.
	Field string
	Text  string
}

// Strings returns the texts among the arguments of a file, in its order, for tools that know what a field is for. It
// returns the mistakes that [Registry.Check] finds, too: the arguments of a name that is not registered are not known.
func (r *Registry) Strings(name string, content []byte) ([]String, Mistakes) {
	var found []String
	reading := r.read(name, content, func(s String) { found = append(found, s) })
	slices.SortStableFunc(found, func(a, b String) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return slices.Compact(found), reading.mistakes
}

// fieldName names the field of a struct that an index leads to; empty if the struct has no name.
func fieldName(t reflect.Type, index []int) string {
	for _, i := range index[:len(index)-1] {
		t = t.Field(i).Type
	}
	if t.Name() == "" {
		return ""
	}
	return t.PkgPath() + "." + t.Name() + "." + t.Field(index[len(index)-1]).Name
}
