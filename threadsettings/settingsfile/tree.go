package settingsfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/internal/datatree"
	"github.com/djmessenger/messenger/internal/nearest"
	"github.com/djmessenger/messenger/threadsettings"
)

// reading is the reading of one file.
type reading struct {
	file     string
	mistakes Mistakes
	settings threadsettings.Settings
	places   map[string]place // by the field of the settings
	unknown  map[string]bool  // the paths of objects that have fields which there are not
}

// place is where a field of the settings is in the file.
type place struct {
	value *datatree.Value
	path  string
}

// fail notes a mistake; without a position it is about the whole file.
func (r *reading) fail(at datatree.Position, path, format string, args ...any) {
	r.mistakes = append(r.mistakes, &Mistake{
		File: r.file, Line: at.Line, Column: at.Column, Place: path, Problem: printable(fmt.Sprintf(format, args...)),
	})
}

// at remembers where a field of the settings is.
func (r *reading) at(field string, v *datatree.Value, path string) { r.places[field] = place{v, path} }

// object returns the members of an object with the known names; a member that is null counts as absent. What is gone, in
// words, is reported as such.
func (r *reading) object(v *datatree.Value, path string, known []string, gone map[string]string) map[string]*datatree.Value {
	if v.Kind != datatree.Object {
		r.fail(v.At, path, "is %s, and has to be an object", v.Describe())
		return nil
	}
	members := map[string]*datatree.Value{}
	for _, m := range v.Members {
		below := datatree.Below(path, m.Name)
		switch {
		case gone[m.Name] != "":
			r.fail(m.At, below, "%s", gone[m.Name])
		case !slices.Contains(known, m.Name):
			r.unknown[path] = true
			r.fail(m.At, below, "there is no such field%s", nearestField(m.Name, known))
		case m.Value.Kind != datatree.Null:
			members[m.Name] = m.Value
		}
	}
	return members
}

// nearestField says which field was probably meant, or which there are.
func nearestField(name string, known []string) string {
	if near := nearest.Name(name, known); near != "" {
		return "; the nearest is " + near
	}
	return "; there are: " + strings.Join(known, ", ")
}

// list returns the items of a list.
func (r *reading) list(v *datatree.Value, path string) []*datatree.Value {
	if v.Kind != datatree.List {
		r.fail(v.At, path, "is %s, and has to be a list", v.Describe())
		return nil
	}
	return v.Items
}

// text returns a text; absent is empty.
func (r *reading) text(v *datatree.Value, path string) string {
	switch {
	case v == nil:
	case v.Kind == datatree.Text:
		return v.Text
	case v.Kind == datatree.Number || v.Kind == datatree.Boolean:
		r.fail(v.At, path, "is %s, and has to be a text; put it in quotes", v.Describe())
	default:
		r.fail(v.At, path, "is %s, and has to be a text", v.Describe())
	}
	return ""
}

// boolean returns a boolean; absent is false.
func (r *reading) boolean(v *datatree.Value, path string) (yes, ok bool) {
	switch {
	case v == nil:
		return false, true
	case v.Kind == datatree.Boolean:
		return v.Yes, true
	}
	hint := ""
	if v.Kind == datatree.Text {
		switch strings.ToLower(v.Text) {
		case "yes", "y", "on", "true":
			hint = "; write true, without quotes"
		case "no", "n", "off", "false":
			hint = "; write false, without quotes"
		}
	}
	r.fail(v.At, path, "is %s, and has to be true or false%s", v.Describe(), hint)
	return false, false
}

// has reports whether an object has a member of one of the names.
func has(v *datatree.Value, names ...string) bool {
	return slices.ContainsFunc(v.Members, func(m datatree.Member) bool { return slices.Contains(names, m.Name) })
}
