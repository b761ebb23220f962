package dialog

import (
	"slices"
	"strings"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
)

// definition is a dialog with its steps in the form in which they run. It is made once for a policy.
type definition[S any] struct {
	Dialog[S]

	nodes []node[S]
	all   outline
}

var _ interface {
	handling.DialogHandler
	handling.TypeLimited
	handling.Validator
	handling.PayloadUser
	replacer
} = definition[struct{}]{}

// define makes the steps of the dialog ready to run.
func (d Dialog[S]) define() definition[S] {
	nodes := d.nodes()
	return definition[S]{Dialog: d, nodes: nodes, all: outlineOf(nodes, nil)}
}

// Prepare returns the dialog as a policy keeps it, with what it need not find out for each event. The policy calls it.
func (d Dialog[S]) Prepare() handling.DialogHandler { return d.define() }

// step returns the step of a name.
func (d definition[S]) step(name string) (n node[S], known bool) {
	if i := d.all.index(name); i >= 0 {
		return d.nodes[i], true
	}
	return n, false
}

// nodes are the steps of the dialog, those of included dialogs among them. What names steps names them as they are called now.
func (d Dialog[S]) nodes() []node[S] {
	var all []node[S]
	for _, s := range d.Steps {
		if s != nil {
			all = append(all, s.nodes()...)
		}
	}
	o := outlineOf(all, nil)
	if !o.hasAliases() {
		return all
	}
	for i, n := range all {
		all[i].to, all[i].depends, all[i].known = o.allCurrent(n.to), o.allCurrent(n.depends), slices.Clone(n.known)
		for j, c := range n.known {
			all[i].known[j].Goto = o.current(c.Goto)
		}
	}
	return all
}

// outlineOf is what the rules of going on know of steps. Message ids have the texts of the localizer's catalogue.
func outlineOf[S any](nodes []node[S], l *i18n.Localizer) outline {
	o := make(outline, len(nodes))
	for i, n := range nodes {
		o[i] = n.stop
	}
	for i, n := range nodes {
		names, known := l.Arguments(n.text)
		o[i].code = o[i].code || !known // a key may show anything
		for _, name := range names {
			o[i].shows = append(o[i].shows, o.current(name))
			if len(n.group) > 0 { // its own dialog's name for the step
				o[i].shows = append(o[i].shows, o.current(strings.Join(n.group, ".")+"."+name))
			}
		}
	}
	return o
}

// has reports whether the dialog has a name, or had it once.
func (d Dialog[S]) has(name string) bool { return name == d.Name || slices.Contains(d.Aliases, name) }
