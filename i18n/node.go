package i18n

import (
	"fmt"
	"slices"
	"strings"
)

// Node is a value of a catalogue file, as the reader of a format sees it. A program that reads a format of its own makes
// them, and calls [ReadNode].
type Node struct {
	Kind         NodeKind
	Text         string   // of a TextNode
	Members      []Member // of a MapNode, in the order of the file; names may repeat, which is a mistake
	Line, Column int
}

// Member is a named value of a [Node].
type Member struct {
	Name         string
	Value        Node
	Line, Column int // of the name
}

// NodeKind is the kind of a [Node].
type NodeKind int

// The kinds of values that a catalogue file may have. An OtherNode is one that a catalogue has no use for, such as a
// number in JSON or a list. A NullNode, such as null in JSON, stands for a text that is still to be translated.
const (
	OtherNode NodeKind = iota
	TextNode
	MapNode
	NullNode
)

// ReadNode makes a catalogue of the root of a file: a map from message ids to texts. A text is a TextNode, or a MapNode
// with plural, ordinal or select, the argument that decides, and the cases. A message id whose value is a NullNode is not
// translated: it is as if it were missing. It returns what it could read, and every mistake.
func ReadNode(name, language string, root Node) (File, []*Mistake) {
	r := nodeReader{file: File{Name: name, Language: language}}
	if root.Kind != MapNode {
		r.fail(root.Line, root.Column, "", "is not a map from message ids to texts")
		return r.file, r.mistakes
	}
	for _, m := range r.unique(root.Members, "") {
		if m.Value.Kind == NullNode && m.Name != "" {
			continue
		}
		text, ok := r.text(m.Value, m.Name, 0)
		if m.Name == "" {
			r.fail(m.Line, m.Column, "", "the message id is empty")
			continue
		}
		if ok {
			r.file.Messages = append(r.file.Messages, Message{Key: m.Name, Text: text, Line: m.Line, Column: m.Column})
		}
	}
	return r.file, r.mistakes
}

type nodeReader struct {
	file     File
	mistakes []*Mistake
}

func (r *nodeReader) fail(line, column int, key, problem string, args ...any) {
	r.mistakes = append(r.mistakes, &Mistake{
		File: r.file.Name, Line: line, Column: column, Language: r.file.Language, Key: key, Problem: fmt.Sprintf(problem, args...),
	})
}

// unique returns the first member of each name, and reports the others.
func (r *nodeReader) unique(members []Member, key string) []Member {
	first := make(map[string]Member, len(members))
	kept := make([]Member, 0, len(members))
	for _, m := range members {
		before, twice := first[m.Name]
		if !twice {
			first[m.Name] = m
			kept = append(kept, m)
			continue
		}
		if key == "" {
			r.fail(m.Line, m.Column, m.Name, "comes twice; the first one is in line %d", before.Line)
		} else {
			r.fail(m.Line, m.Column, key, "the case %s comes twice; the first one is in line %d", shown(m.Name), before.Line)
		}
	}
	return kept
}

func (r *nodeReader) text(n Node, key string, depth int) (Text, bool) {
	switch {
	case n.Kind == TextNode:
		return Text{Words: n.Text, Line: n.Line, Column: n.Column}, true
	case n.Kind != MapNode:
		r.fail(n.Line, n.Column, key, "the translation is not a text; write it in quotation marks")
		return Text{}, false
	case depth >= MaxDepth:
		r.fail(n.Line, n.Column, key, "has more than %d choices within each other", MaxDepth)
		return Text{}, false
	}
	return r.choice(n, key, depth)
}

// choice reads a map such as {plural: count, one: …, other: …}.
func (r *nodeReader) choice(n Node, key string, depth int) (Text, bool) {
	t := Text{Line: n.Line, Column: n.Column}
	good := true
	for _, m := range r.unique(n.Members, key) {
		switch by := Selector(m.Name); by {
		case Plural, Ordinal, Select:
			if t.By != "" {
				r.fail(m.Line, m.Column, key, "chooses by %s and by %s; put one of them into the cases of the other", t.By, by)
				good = false
				continue
			}
			if m.Value.Kind != TextNode || !isName(m.Value.Text) {
				r.fail(m.Value.Line, m.Value.Column, key, "%s has the name of the argument that decides, such as %s: count", by, by)
				good = false
			}
			t.By, t.Of = by, m.Value.Text
		default:
			text, ok := r.text(m.Value, key, depth+1)
			good = good && ok
			t.Cases = append(t.Cases, Case{When: m.Name, Text: text, Line: m.Line, Column: m.Column})
		}
	}
	if t.By == "" {
		r.fail(n.Line, n.Column, key, "is a choice that does not say what decides; add plural, ordinal or select with the name of an argument, such as plural: count")
		return t, false
	}
	return t, good
}

// isName reports whether a text can be the name of an argument.
func isName(text string) bool {
	return text != "" && !strings.ContainsAny(text, "%{}|") && text == strings.TrimSpace(text)
}

// category reports whether a case is one of the six plural categories.
func isCategory(when string) bool { return slices.Contains(categoryNames[:], when) }
