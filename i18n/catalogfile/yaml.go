package catalogfile

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/djmessenger/messenger/i18n"
)

// YAML is an option of i18n.Load: it reads catalogues in YAML, in files such as de.yaml and pt-BR.yml.
func YAML() i18n.Option { return i18n.Format(ReadYAML, ".yaml", ".yml") }

// ReadYAML reads one catalogue in YAML: a map from message ids to texts, in one document. The name of the file says the
// language. Every scalar is the text that is written: No is no boolean and 010 no number. Anchors, aliases, tags and merge
// keys are mistakes. A message id with nothing behind it, or ~, is not translated yet. It returns what it could read, and every mistake up to the place where the file stops being YAML.
func ReadYAML(name string, data []byte) (i18n.File, []*i18n.Mistake) {
	base := path.Base(name)
	empty := i18n.File{Name: name, Language: strings.TrimSuffix(base, path.Ext(base))}
	if bad := i18n.CheckBytes(name, data); bad != nil {
		return empty, []*i18n.Mistake{bad}
	}
	r := yamlReader{file: empty}
	root, ok := r.document(data)
	if !ok {
		return empty, r.mistakes
	}
	node := r.node(root, 0)
	file, mistakes := i18n.ReadNode(empty.Name, empty.Language, node)
	return file, append(r.mistakes, mistakes...)
}

type yamlReader struct {
	file     i18n.File
	mistakes []*i18n.Mistake
}

func (r *yamlReader) fail(line, column int, problem string) {
	r.mistakes = append(r.mistakes, &i18n.Mistake{File: r.file.Name, Language: r.file.Language, Line: line, Column: column, Problem: problem})
}

// document parses the only document of a file.
func (r *yamlReader) document(data []byte) (*yaml.Node, bool) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var root, second yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		r.fail(1, 1, "is empty; a catalogue without texts is {}")
		return nil, false
	case err != nil:
		r.syntax(data, err)
		return nil, false
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		r.fail(second.Line, second.Column, "has a second document; a catalogue is one")
		return nil, false
	case !errors.Is(err, io.EOF):
		r.syntax(data, err)
		return nil, false
	}
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		return root.Content[0], true
	}
	return &root, true
}

// syntax says where the text is not valid YAML.
func (r *yamlReader) syntax(data []byte, err error) {
	line, column, problem := 0, 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if bad, ok := errors.AsType[*yaml.LoadError](err); ok && bad.Mark.Line > 0 {
		line, column, problem = bad.Mark.Line, max(bad.Mark.Column, 1), bad.Message
	}
	switch begins := strings.Contains(problem, "cannot start any token"); {
	case begins && tabAt(data, line, column), strings.Contains(problem, "a tab character"):
		problem += "; YAML takes no tabs as indentation, write spaces"
	case begins:
		problem += "; put a text that begins with a special character into quotation marks"
	}
	r.fail(line, column, "not valid YAML: "+problem)
}

// tabAt reports whether a tab is at a place, with nothing but blanks before it.
func tabAt(data []byte, line, column int) bool {
	n := 0
	for text := range bytes.Lines(data) {
		if n++; n == line {
			return len(text) >= column && text[column-1] == '\t' && len(bytes.TrimLeft(text[:column], " \t")) == 0
		}
	}
	return false
}

const maxDepth = 64

// node returns a value as package i18n reads it.
func (r *yamlReader) node(n *yaml.Node, depth int) i18n.Node {
	out := i18n.Node{Line: n.Line, Column: n.Column}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.fail(n.Line, n.Column, "has an anchor (&) or an alias (*); put a text that begins with one into quotation marks")
	case n.Style&yaml.TaggedStyle != 0:
		r.fail(n.Line, n.Column, "has a tag (!); put a text that begins with an exclamation mark into quotation marks")
	case depth > maxDepth:
		r.fail(n.Line, n.Column, "has too many maps within each other")
	case n.Kind == yaml.MappingNode:
		out.Kind = i18n.MapNode
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if name := r.node(key, depth+1); name.Kind == i18n.TextNode {
				out.Members = append(out.Members, i18n.Member{
					Name: name.Text, Value: r.node(n.Content[i+1], depth+1), Line: key.Line, Column: key.Column,
				})
			} else {
				r.fail(key.Line, key.Column, "has a message id that is not a text")
			}
		}
	case n.Kind == yaml.ScalarNode:
		out.Kind, out.Text = i18n.TextNode, n.Value
		if n.ShortTag() == "!!null" && n.Value != "null" { // nothing is written, or ~
			out.Kind, out.Text = i18n.NullNode, ""
		}
	}
	return out
}
