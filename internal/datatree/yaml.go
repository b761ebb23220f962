package datatree

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// yamlReader makes a tree of YAML nodes.
type yamlReader struct {
	Reader

	file     string
	lines    *lines
	values   int
	mistakes []*Mistake
}

func (of Reader) yaml(name string, content []byte) (*Value, []*Mistake) {
	r := &yamlReader{Reader: of, file: name, lines: newLines(name, content)}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var root, second yaml.Node
	err := decoder.Decode(&root)
	switch {
	case errors.Is(err, io.EOF):
		return nil, []*Mistake{of.empty(name)} // comments only
	case err != nil:
		return nil, []*Mistake{r.syntax(err)}
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		return nil, []*Mistake{{Position: r.position(&second), Problem: "a second document; a " + r.Name + " file has one"}}
	case !errors.Is(err, io.EOF):
		return nil, []*Mistake{r.syntax(err)}
	}
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = *root.Content[0]
	}
	v, end := r.value(&root, 0)
	if end != nil {
		return nil, append(r.mistakes, end)
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
	} else if ok && bad.Mark.Index > 0 { // bytes that are no text have an offset only
		m.Position = r.lines.position(bad.Mark.Index)
		m.Problem = "not valid YAML: " + bad.Message
	}
	if strings.HasSuffix(m.Problem, "cannot start any token") && r.indentedByTab(m.Line) {
		m.Problem += "; YAML takes no tabs as indentation"
	}
	return m
}

// indentedByTab reports whether a line begins with spaces and a tab.
func (r *yamlReader) indentedByTab(line int) bool {
	all := bytes.Split(r.lines.data, []byte("\n"))
	return line > 0 && line <= len(all) && bytes.HasPrefix(bytes.TrimLeft(all[line-1], " "), []byte("\t"))
}

// value returns the tree of a node, or a mistake that ends the reading of the file.
func (r *yamlReader) value(n *yaml.Node, depth int) (*Value, *Mistake) {
	if depth > r.MaxDepth {
		return nil, r.beyond(n, r.tooDeep())
	}
	if r.values++; r.values > r.MaxValues {
		return nil, r.beyond(n, r.tooMany())
	}
	v := &Value{At: r.position(n)}
	var end *Mistake
	switch n.Kind {
	case yaml.AliasNode:
		if n.Alias == nil {
			return nil, r.beyond(n, errors.New("an alias without its anchor"))
		}
		return r.value(n.Alias, depth+1) // an alias of what it is in ends at the depth
	case yaml.MappingNode:
		r.tagged(n, "!!map")
		v.Kind = Object
		v.Members, end = r.members(n, depth)
	case yaml.SequenceNode:
		r.tagged(n, "!!seq")
		v.Kind = List
		for _, item := range n.Content {
			inner, end := r.value(item, depth+1)
			if end != nil {
				return nil, end
			}
			v.Items = append(v.Items, inner)
		}
	default:
		r.scalar(n, v)
	}
	return v, end
}

// beyond is the mistake of a node at which reading ends.
func (r *yamlReader) beyond(n *yaml.Node, err error) *Mistake {
	return &Mistake{Position: r.position(n), Problem: err.Error(), Err: err}
}

// tagged reports a list or object that a tag makes something else.
func (r *yamlReader) tagged(n *yaml.Node, own string) {
	if tag := n.ShortTag(); tag != own {
		r.fail(r.position(n), "the tag "+Printable(tag)+", which "+r.Name+" files do not have")
	}
}

// members returns those of a mapping. What a merge key (<<) brings in comes last, as
// far as the mapping does not have it.
func (r *yamlReader) members(n *yaml.Node, depth int) ([]Member, *Mistake) {
	var own, merged []Member
	names := map[string]Position{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, at := n.Content[i], r.position(n.Content[i])
		inner, end := r.value(n.Content[i+1], depth+1)
		if end != nil {
			return nil, end
		}
		if key.ShortTag() == "!!merge" {
			merged = append(merged, r.merge(at, inner)...)
			continue
		}
		for key.Kind == yaml.AliasNode && key.Alias != nil {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			r.fail(at, "a key that is not a text")
			continue
		}
		if first, twice := names[key.Value]; twice {
			r.mistakes = append(r.mistakes, duplicate(at, key.Value, first))
			continue
		}
		names[key.Value] = at
		own = append(own, Member{Name: key.Value, At: at, Value: inner})
	}
	for _, m := range merged {
		if _, taken := names[m.Name]; !taken {
			names[m.Name] = m.At
			own = append(own, m)
		}
	}
	return own, nil
}

// merge returns what a merge key brings in: an object, or a list of them.
func (r *yamlReader) merge(at Position, v *Value) []Member {
	switch v.Kind {
	case Object:
		return v.Members
	case List:
		var all []Member
		for _, item := range v.Items {
			if item.Kind != Object {
				r.fail(at, "the merge key << needs objects")
				return nil
			}
			all = append(all, item.Members...)
		}
		return all
	default:
		r.fail(at, "the merge key << needs an object")
		return nil
	}
}

func (r *yamlReader) scalar(n *yaml.Node, v *Value) {
	v.Text = n.Value
	switch n.ShortTag() {
	case "!!null":
		v.Kind, v.Text = Null, ""
	case "!!bool":
		yes, err := strconv.ParseBool(strings.ToLower(n.Value))
		if err != nil {
			r.fail(v.At, Quoted(n.Value)+" is neither true nor false")
		}
		v.Kind, v.Yes = Boolean, yes
	case "!!int", "!!float":
		v.Kind = Number
		digits, ok := jsonNumber(n)
		if !ok {
			r.fail(v.At, Quoted(n.Value)+" is not a finite number")
		}
		v.Text = digits
	case "!!str", "!!timestamp":
		v.Kind = Text
	default:
		v.Kind = Text
		r.fail(v.At, "the tag "+Printable(n.ShortTag())+", which "+r.Name+" files do not have")
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
