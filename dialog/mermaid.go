package dialog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/i18n"
)

// Mermaid draws the dialog as a Mermaid stateDiagram-v2, with its texts in the localizer's language; nil
// means as they are written. If texts are keys, such as "order.summary", give it a localizer of the bot's catalogue, which knows
// what they show: without one they count as showing every answer, and corrections are drawn that ask them again. It has the ways that answers, code and signals lead: the order of the steps, those that
// When may leave out, where choices lead, and what To names. A way back from a correction is called "corrected", and
// an end without Done "Quit". Where a [GoTo] or an option leads back, the corrections are drawn that the steps in between allow,
// also those that your code never makes since it leads back for some answers only. What is possible at every question is not drawn: commands, time-outs, and
// taps on the chips of earlier questions. Included dialogs are groups. A
// test that compares it with a file keeps a drawing in the docs true.
//
// https://mermaid.js.org/syntax/stateDiagram.html
func (d Dialog[S]) Mermaid(l *i18n.Localizer) string {
	m := drawing{text: func(id string) string { return l.Text(id) }}
	nodes := d.nodes()
	m.line("stateDiagram-v2")
	m.boxes(stepsOf(nodes), 1, nil)
	names := func(i int) string {
		if i == outside {
			return "[*]"
		}
		return box(nodes[i].name)
	}
	edges := edgesOf(nodes, l)
	if d.OnTimeout == nil && d.Failed == nil { // which may go to any step
		edges = reachable(edges)
	}
	for _, e := range edges {
		m.line("    %s --> %s%s", names(e.from), names(e.to), m.label(e))
	}
	return m.out.String()
}

// label is what stands at an arrow.
func (m *drawing) label(e edge) string {
	switch {
	case e.why == correctsTo:
		return ": corrected"
	case e.why == quitsBy:
		return ": Quit"
	case len(e.titles) == 0:
		return ""
	}
	titles := make([]string, len(e.titles))
	for i, title := range e.titles {
		titles[i] = m.text(title)
	}
	return ": " + plain(strings.Join(titles, ", "))
}

// drawn is a step as the drawing shows it.
type drawn struct {
	name, text string
	group      []string
}

func stepsOf[S any](nodes []node[S]) []drawn {
	all := make([]drawn, 0, len(nodes))
	for _, n := range nodes {
		if !n.hidden {
			all = append(all, drawn{n.name, n.text, n.group})
		}
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
			label := s.name
			if s.text != "" {
				label = m.text(s.text)
			}
			m.line("%sstate %s as %s", indent, quoted(label), box(s.name))
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
