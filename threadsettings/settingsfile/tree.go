package settingsfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/djmessenger/messenger/internal/nearest"
	"github.com/djmessenger/messenger/threadsettings"
)

// reading is the reading of one file.
type reading struct {
	file     string
	mistakes Mistakes
	settings threadsettings.Settings
	places   map[string]place // by the field of the settings
	values   int
}

// place is where a field of the settings is in the file.
type place struct {
	node *yaml.Node
	path string
}

// fail notes a mistake; without a node it is about the whole file.
func (r *reading) fail(n *yaml.Node, path, format string, args ...any) {
	m := &Mistake{File: r.file, Place: path, Problem: printable(fmt.Sprintf(format, args...))}
	if n != nil {
		m.Line, m.Column = n.Line, n.Column
	}
	r.mistakes = append(r.mistakes, m)
}

// at remembers where a field of the settings is.
func (r *reading) at(field string, n *yaml.Node, path string) { r.places[field] = place{n, path} }

// kind says what a node is, in the words of mistakes.
func kind(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "an object"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!null":
		return "null"
	case n.ShortTag() == "!!bool":
		return "the boolean " + n.Value
	case n.ShortTag() == "!!int" || n.ShortTag() == "!!float":
		return "the number " + strings.Trim(quoted(n.Value), `"`)
	}
	return "a text"
}

// resolve returns what an alias stands for, and counts the value. It returns nil beyond the limit, after noting it once.
func (r *reading) resolve(n *yaml.Node) *yaml.Node {
	if r.values++; r.values > MaxValues {
		if r.values == MaxValues+1 {
			r.fail(n, "", "more than %d values, repetitions by aliases included", MaxValues)
		}
		return nil
	}
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// isNull reports whether a value counts as absent.
func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// object returns the members of an object with the known names; a member that is null counts as absent. What is gone, in
// words, is reported as such.
func (r *reading) object(n *yaml.Node, path string, known []string, gone map[string]string) map[string]*yaml.Node {
	if n.Kind != yaml.MappingNode {
		r.fail(n, path, "is %s, and has to be an object", kind(n))
		return nil
	}
	members := map[string]*yaml.Node{}
	first := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		value := r.resolve(n.Content[i+1])
		if value == nil {
			return members
		}
		name, below := key.Value, join(path, key.Value)
		switch other := first[name]; {
		case key.Kind != yaml.ScalarNode:
			r.fail(key, path, "has a key that is not a text")
		case other != nil:
			r.fail(key, below, "the key is there twice; the first is in line %d, column %d", other.Line, other.Column)
		case gone[name] != "":
			r.fail(key, below, "%s", gone[name])
		case !slices.Contains(known, name):
			r.fail(key, below, "there is no such field%s", nearestField(name, known))
		case !isNull(value):
			members[name] = value
		}
		first[name] = key
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

// join returns the path of a member. A name that is not one word is quoted.
func join(path, name string) string {
	odd := func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '$' && c != '-'
	}
	switch {
	case name == "" || len(name) > maxShown || strings.ContainsFunc(name, odd):
		return path + "[" + quoted(name) + "]"
	case path == "":
		return name
	}
	return path + "." + name
}

// list returns the items of a list.
func (r *reading) list(n *yaml.Node, path string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		r.fail(n, path, "is %s, and has to be a list", kind(n))
		return nil
	}
	items := make([]*yaml.Node, 0, len(n.Content))
	for _, item := range n.Content {
		if item = r.resolve(item); item == nil {
			break
		}
		items = append(items, item)
	}
	return items
}

// text returns a text; absent is empty.
func (r *reading) text(n *yaml.Node, path string) string {
	if n == nil {
		return ""
	}
	tag := n.ShortTag()
	switch {
	case n.Kind == yaml.ScalarNode && (tag == "!!str" || tag == "!!timestamp"):
		return n.Value
	case n.Kind == yaml.ScalarNode && (tag == "!!int" || tag == "!!float" || tag == "!!bool"):
		r.fail(n, path, "is %s, and has to be a text; put it in quotes", kind(n))
	default:
		r.fail(n, path, "is %s, and has to be a text", kind(n))
	}
	return ""
}

// boolean returns a boolean; absent is false.
func (r *reading) boolean(n *yaml.Node, path string) bool {
	if n == nil {
		return false
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool" {
		yes, err := strconv.ParseBool(strings.ToLower(n.Value))
		return err == nil && yes
	}
	hint := ""
	if n.Kind == yaml.ScalarNode {
		switch strings.ToLower(n.Value) {
		case "yes", "y", "on", "true":
			hint = "; write true, without quotes"
		case "no", "n", "off", "false":
			hint = "; write false, without quotes"
		}
	}
	r.fail(n, path, "is %s, and has to be true or false%s", kind(n), hint)
	return false
}

// has reports whether an object has a member of one of the names.
func has(n *yaml.Node, names ...string) bool {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if slices.Contains(names, n.Content[i].Value) {
			return true
		}
	}
	return false
}
