package dialog

import (
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/sending"
)

// TextRefs returns the texts of the dialog that are known without a run: of its steps and their choices, of its Help, its Words, and
// the refusals of the answers in this package. What a Prompt, a Check or a custom Answer says is not among them.
func (d Dialog[S]) TextRefs() []i18n.TextRef { return d.textRefs(d.nodes()) }

// TextRefs is [Dialog.TextRefs].
func (d definition[S]) TextRefs() []i18n.TextRef { return d.Dialog.textRefs(d.nodes) }

func (d Dialog[S]) textRefs(nodes []node[S]) []i18n.TextRef {
	var refs []i18n.TextRef
	add := func(place, key string, limit int, values []string) {
		if key != "" {
			refs = append(refs, i18n.TextRef{Key: key, Place: place, Limit: limit, Values: values})
		}
	}
	named := d.valuesIn(nodes)
	for _, n := range nodes {
		place, values := "step "+n.name, named
		if len(n.group) > 0 {
			values = slices.Concat(named, n.relatives(nodes))
		}
		add(place+": Text", n.text, 0, values)
		add(place+": Busy", n.busy, 0, values)
		for i, c := range n.known {
			add(fmt.Sprintf("%s: options[%d]", place, i), c.Title, sending.MaxTitle, []string{}) // titles have no values
		}
	}
	w := d.words()
	add("Help", d.Help, 0, named)
	for _, said := range []struct{ place, key string }{
		{"Closed", w.Closed}, {"NoBack", w.NoBack}, {"More", w.More}, {"TooLarge", w.TooLarge}, {"Failed", w.Failed}, {"Cancelled", w.Cancelled},
		{"TimedOut", w.TimedOut}, {"NoSignal", w.NoSignal}, {"Lost", w.Lost}, {"Stuck", w.Stuck},
	} {
		add("Words."+said.place, said.key, 0, named)
	}
	for _, command := range []struct{ place, key string }{{"Back", w.Back}, {"Cancel", w.Cancel}, {"Help", w.Help}, {"Skip", w.Skip}} {
		add("Words."+command.place, command.key, 0, []string{})
	}
	add("Words.SkipTitle", w.SkipTitle, sending.MaxTitle, []string{})
	add("Words.NextTitle", w.nextTitle(), sending.MaxTitle, []string{})
	for _, key := range refusals() {
		add("a refusal", key, 0, nil) // which has values of its own
	}
	return refs
}

// valuesIn are the names that all texts of the dialog have values of.
func (d Dialog[S]) valuesIn(nodes []node[S]) []string {
	names := slices.Concat(sending.PersonValues(), d.Values)
	for _, n := range nodes {
		names = append(names, n.values...)
		if n.show != nil {
			names = append(append(names, n.name), n.aliases...)
		}
	}
	return names
}

// relatives are the names that the dialog in which a step was written has for the steps of that dialog.
func (n node[S]) relatives(nodes []node[S]) []string {
	var names []string
	for _, other := range nodes {
		if other.show == nil {
			continue
		}
		for _, name := range append([]string{other.name}, other.aliases...) {
			if name, ok := n.relative(name); ok {
				names = append(names, name)
			}
		}
	}
	return names
}
