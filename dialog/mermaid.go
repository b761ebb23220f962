package dialog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/i18n"
)

// Mermaid draws the dialog as a Mermaid stateDiagram-v2, with its texts in the localizer's language; nil
// means as they are written. It has what the definition says: the order of the steps, those that When
// may leave out, and where choices, Then, and Run go to. Included dialogs are groups. A
// test that compares it with a file keeps a drawing in the docs true.
//
// https://mermaid.js.org/syntax/stateDiagram.html
func (d Dialog[S]) Mermaid(l *i18n.Localizer) string {
	m := drawing{text: func(id string) string { return l.Text(id) }}
	nodes := d.nodes()
	m.line("stateDiagram-v2")
	m.boxes(stepsOf(nodes), 1, nil)
	m.arrows(stepsOf(nodes))
	return m.out.String()
}

// drawn is a step as the drawing shows it.
type drawn struct {
	stop

	group       []string
	text        string
	conditional bool
	labels      map[string][]string // of the arrows, by where they go
}

func stepsOf[S any](nodes []node[S]) []drawn {
	all := make([]drawn, 0, len(nodes))
	for _, n := range nodes {
		if n.hidden {
			continue
		}
		d := drawn{stop: n.stop, group: n.group, text: n.text, conditional: n.when != nil, labels: map[string][]string{}}
		for _, c := range n.known {
			if c.Goto != "" {
				d.labels[c.Goto] = append(d.labels[c.Goto], c.Title)
			}
		}
		all = append(all, d)
	}
	return all
}

type drawing struct {
	out  strings.Builder
	text func(id string) string
}

func (m *drawing) line(format string, args ...any) { fmt.Fprintf(&m.out, format+"\n", args...) }

// boxes draws the steps of a group, and the groups in it.
func (m *drawing) boxes(steps []drawn, depth int, group []string) {
	indent := strings.Repeat("    ", depth)
	for i := 0; i < len(steps); {
		s := steps[i]
		if len(s.group) == len(group) {
			label := s.text
			if label == "" {
				label = s.name
			}
			m.line("%sstate %s as %s", indent, quoted(m.text(label)), box(s.name))
			i++
			continue
		}
		inner := s.group[:len(group)+1]
		end := i
		for end < len(steps) && len(steps[end].group) > len(group) && slices.Equal(steps[end].group[:len(inner)], inner) {
			end++
		}
		m.line("%sstate %s {", indent, box(strings.Join(inner, ".")+".group"))
		m.boxes(steps[i:end], depth+1, inner)
		m.line("%s}", indent)
		i = end
	}
}

// arrows draws where the steps lead: to the next one, past those that may be left out, and
// where their code and choices go.
func (m *drawing) arrows(steps []drawn) {
	m.line("    [*] --> %s", m.follows(steps, -1)[0])
	for _, to := range m.follows(steps, -1)[1:] {
		m.line("    [*] --> %s", to)
	}
	for i, s := range steps {
		for _, to := range m.follows(steps, i) {
			m.line("    %s --> %s", box(s.name), to)
		}
		for n, to := range s.to {
			if slices.Contains(s.to[:n], to) {
				continue
			}
			label := ""
			if titles := s.labels[to]; len(titles) > 0 {
				for t := range titles {
					titles[t] = m.text(titles[t])
				}
				label = ": " + plain(strings.Join(titles, ", "))
			}
			m.line("    %s --> %s%s", box(s.name), box(to), label)
		}
	}
}

// follows returns the steps that may come after one, and the end.
func (m *drawing) follows(steps []drawn, i int) []string {
	var all []string
	for _, s := range steps[i+1:] {
		all = append(all, box(s.name))
		if !s.conditional {
			return all
		}
	}
	return append(all, "[*]")
}

// keywords are words that begin a statement of Mermaid, or end a group.
var keywords = []string{"as", "class", "classdef", "click", "default", "direction", "end", "hide", "note", "scale", "state", "style"}

// box is the id of a step in the diagram. Names differ in it as far as they differ in more than dots and underscores.
func box(name string) string {
	if slices.Contains(keywords, strings.ToLower(name)) {
		return name + "_"
	}
	var id strings.Builder
	for _, r := range name {
		switch {
		case r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			id.WriteRune(r)
		case r == '.':
			id.WriteRune('_')
		default:
			fmt.Fprintf(&id, "_%x_", r)
		}
	}
	return id.String()
}

func quoted(text string) string { return `"` + plain(text) + `"` }

// plain returns a text without what would end it in the diagram.
func plain(text string) string {
	return strings.NewReplacer(`"`, "#quot;", "\n", " ", ";", "#59;").Replace(text)
}
