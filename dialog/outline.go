package dialog

import "slices"

// kind is what a step does.
type kind int

const (
	asks  kind = iota // Question
	says              // Say
	does              // Do, and the Done of an included dialog
	waits             // Wait
	hands             // Human
)

// stop is a step as the rules of going on see it.
type stop struct {
	name    string
	aliases []string
	kind    kind
	to      []string // the steps that its code may go to
	// shows are the answers that its text shows, by names as the text has them, and depends are the steps
	// that it names as those it depends on.
	shows, depends []string
	// code reports that the program's code decides what it says or does, by any answer perhaps.
	code bool
}

// outline is the steps of a dialog in order.
type outline []stop

// index returns where a step is; -1 if there is none of that name.
func (o outline) index(name string) int {
	return slices.IndexFunc(o, func(s stop) bool { return s.name == name })
}

// dependsOn reports whether what the step says, does or was told may depend on the answer of another one. What a human
// has done does not.
func (s stop) dependsOn(name string) bool {
	return s.kind != hands && (s.code || slices.Contains(s.shows, name) || slices.Contains(s.depends, name))
}
