package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Limits of a file.
const (
	MaxFile  = 1 << 20 // bytes
	maxDepth = 64
	maxSteps = 10_000 // of all scenarios of a file
)

// MistakeError is something that is wrong with a file.
type MistakeError struct {
	File    string
	Line    int // 0: of the file as a whole
	Problem string
}

// Error says what is wrong and where.
func (m *MistakeError) Error() string {
	if m.Line == 0 {
		return m.File + ": " + m.Problem
	}
	return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Problem)
}

// reader makes values of the nodes of YAML, and collects mistakes.
type reader struct {
	file     string
	mistakes []error
}

func (r *reader) fail(line int, format string, args ...any) {
	r.mistakes = append(r.mistakes, &MistakeError{r.file, line, fmt.Sprintf(format, args...)})
}

// documents reads what the three dashes separate.
func (r *reader) documents(data []byte) []*value {
	if len(data) > MaxFile {
		r.fail(0, "is larger than %d KiB", MaxFile>>10)
		return nil
	}
	var all []*value
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var root yaml.Node
		err := decoder.Decode(&root)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			r.syntax(data, err)
			return nil
		}
		node := &root
		if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
			node = root.Content[0]
		}
		if v := r.value(node, 0); v.kind != null {
			all = append(all, v)
		}
	}
}

// syntax says where the text is not valid YAML.
func (r *reader) syntax(data []byte, err error) {
	line, problem := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if bad, ok := errors.AsType[*yaml.LoadError](err); ok && bad.Mark.Line > 0 {
		line, problem = bad.Mark.Line, bad.Message
	}
	lines := bytes.Split(data, []byte("\n"))
	switch begins := strings.Contains(problem, "cannot start any token"); {
	case line > 0 && line <= len(lines) && bytes.HasPrefix(bytes.TrimLeft(lines[line-1], " "), []byte("\t")):
		problem += "; YAML takes no tabs as indentation, write spaces"
	case begins:
		problem += "; put a text that begins with a special character into quotation marks"
	}
	r.fail(line, "is not valid YAML: %s", problem)
}

func (r *reader) value(n *yaml.Node, depth int) *value {
	v := &value{line: n.Line}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.fail(n.Line, "has an anchor (&) or an alias (*), which scenarios do not have; put a text that begins with one into quotation marks")
	case n.Style&yaml.TaggedStyle != 0:
		r.fail(n.Line, "has a tag (!), which scenarios do not have; put a text that begins with one into quotation marks")
	case depth > maxDepth:
		r.fail(n.Line, "has more than %d levels within each other", maxDepth)
	case n.Kind == yaml.MappingNode:
		v.kind = object
		r.members(n, v, depth)
	case n.Kind == yaml.SequenceNode:
		v.kind = list
		for _, item := range n.Content {
			v.items = append(v.items, r.value(item, depth+1))
		}
	case n.Kind == yaml.ScalarNode:
		v.text = n.Value
		switch n.ShortTag() {
		case "!!null":
			v.kind, v.text = null, ""
		case "!!bool":
			v.kind = boolean
		case "!!int", "!!float":
			v.kind = number
		default:
			v.kind = text
		}
	}
	return v
}

func (r *reader) members(n *yaml.Node, v *value, depth int) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.Anchor != "" {
			r.fail(key.Line, "has a key that is not a text; put {{name}} into quotation marks")
			continue
		}
		if v.get(key.Value) != nil {
			r.fail(key.Line, "has %q twice", key.Value)
			continue
		}
		v.members = append(v.members, member{key.Value, key.Line, r.value(n.Content[i+1], depth+1)})
	}
}
