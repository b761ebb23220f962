package policyfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// yamlReader makes a tree of YAML nodes.
type yamlReader struct {
	file     string
	values   int
	mistakes []*Mistake
}

func parseYAML(name string, content []byte) (*value, []*Mistake) {
	r := &yamlReader{file: name}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var root, second yaml.Node
	err := decoder.Decode(&root)
	switch {
	case errors.Is(err, io.EOF):
		return nil, []*Mistake{empty(name)} // comments only
	case err != nil:
		return nil, []*Mistake{r.syntax(err)}
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		return nil, []*Mistake{{Position: r.position(&second), Problem: "a second document; a policy file has one"}}
	case !errors.Is(err, io.EOF):
		return nil, []*Mistake{r.syntax(err)}
	}
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = *root.Content[0]
	}
	v, err := r.value(&root, 0)
	if err != nil {
		r.mistakes = append(r.mistakes, &Mistake{Position: r.position(&root), Problem: err.Error(), Err: err})
	}
	return v, r.mistakes
}

func (r *yamlReader) position(n *yaml.Node) Position {
	return Position{File: r.file, Line: n.Line, Column: n.Column}
}

// syntax says where the text is not valid YAML.
func (r *yamlReader) syntax(err error) *Mistake {
	m := &Mistake{Position: Position{File: r.file}, Problem: "not valid YAML: " + strings.TrimPrefix(err.Error(), "yaml: "), Err: err}
	if bad, ok := errors.AsType[*yaml.LoadError](err); ok && bad.Mark.Line > 0 {
		m.Line, m.Column = bad.Mark.Line, max(bad.Mark.Column, 1)
		m.Problem = "not valid YAML: " + bad.Message
	}
	return m
}

// value returns the tree of a node. Its errors are those of the file as a whole.
func (r *yamlReader) value(n *yaml.Node, depth int) (*value, error) {
	if depth > MaxDepth {
		return nil, errTooDeep
	}
	if r.values++; r.values > MaxValues {
		return nil, errTooMany
	}
	v := &value{at: r.position(n)}
	var err error
	switch n.Kind {
	case yaml.AliasNode:
		if n.Alias == nil {
			return nil, errors.New("an alias without its anchor")
		}
		return r.value(n.Alias, depth+1) // an alias of what it is in ends at the depth
	case yaml.MappingNode:
		v.kind = object
		v.members, err = r.members(n, depth)
	case yaml.SequenceNode:
		v.kind = list
		for _, item := range n.Content {
			inner, err := r.value(item, depth+1)
			if err != nil {
				return nil, err
			}
			v.items = append(v.items, inner)
		}
	default:
		r.scalar(n, v)
	}
	return v, err
}

// members returns those of a mapping. What a merge key (<<) brings in comes last, as
// far as the mapping does not have it.
func (r *yamlReader) members(n *yaml.Node, depth int) ([]member, error) {
	var own, merged []member
	names := map[string]Position{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, at := n.Content[i], r.position(n.Content[i])
		inner, err := r.value(n.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		if key.ShortTag() == "!!merge" {
			merged = append(merged, r.merge(at, inner)...)
			continue
		}
		for key.Kind == yaml.AliasNode && key.Alias != nil {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			r.fail(at, "a key that is no text")
			continue
		}
		if first, twice := names[key.Value]; twice {
			r.mistakes = append(r.mistakes, duplicate(at, key.Value, first))
			continue
		}
		names[key.Value] = at
		own = append(own, member{name: key.Value, at: at, value: inner})
	}
	for _, m := range merged {
		if _, taken := names[m.name]; !taken {
			names[m.name] = m.at
			own = append(own, m)
		}
	}
	return own, nil
}

// merge returns what a merge key brings in: an object, or a list of them.
func (r *yamlReader) merge(at Position, v *value) []member {
	switch v.kind {
	case object:
		return v.members
	case list:
		var all []member
		for _, item := range v.items {
			if item.kind != object {
				r.fail(at, "the merge key << needs objects")
				return nil
			}
			all = append(all, item.members...)
		}
		return all
	default:
		r.fail(at, "the merge key << needs an object")
		return nil
	}
}

func (r *yamlReader) scalar(n *yaml.Node, v *value) {
	v.text = n.Value
	switch n.ShortTag() {
	case "!!null":
		v.kind, v.text = null, ""
	case "!!bool":
		yes, err := strconv.ParseBool(strings.ToLower(n.Value))
		if err != nil {
			r.fail(v.at, fmt.Sprintf("%q is neither true nor false", n.Value))
		}
		v.kind, v.yes = boolean, yes
	case "!!int", "!!float":
		v.kind = number
		digits, ok := jsonNumber(n)
		if !ok {
			r.fail(v.at, fmt.Sprintf("%q is no number that JSON has too", n.Value))
		}
		v.text = digits
	case "!!str", "!!timestamp":
		v.kind = text
	default:
		r.fail(v.at, fmt.Sprintf("the tag %s, which policy files do not have", n.ShortTag()))
	}
}

// jsonNumber returns a number as JSON writes it. YAML writes some in other ways too,
// such as 0x10 and 1_000.
func jsonNumber(n *yaml.Node) (string, bool) {
	if json.Valid([]byte(n.Value)) {
		return n.Value, true
	}
	var whole int64
	if n.Decode(&whole) == nil {
		return strconv.FormatInt(whole, 10), true
	}
	var fraction float64
	if n.Decode(&fraction) != nil {
		return "0", false
	}
	digits, err := json.Marshal(fraction) // which has neither .inf nor .nan
	if err != nil {
		return "0", false
	}
	return string(digits), true
}

func (r *yamlReader) fail(at Position, problem string) {
	r.mistakes = append(r.mistakes, &Mistake{Position: at, Problem: problem})
}
