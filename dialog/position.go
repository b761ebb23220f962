package dialog

import (
	"maps"
	"slices"
)

// position is where a run is among the steps of its dialog. It is data: the methods change
// nothing and return what follows. They know the steps by an outline.
type position struct {
	// Step is the open step: a question that was asked, or what the run waits for.
	Step string `json:"step"`
	// Done are the steps that are behind the run, in the order in which they were passed.
	Done []string `json:"done,omitempty"`
	// Left are the steps that were jumped over, each with the step that jumped.
	Left map[string]string `json:"left,omitempty"`
	// Visit counts the questions asked. A timer of an earlier visit has no effect.
	Visit int `json:"visit"`
	// Tries counts the answers that were refused in a row.
	Tries int `json:"tries,omitempty"`
	// Timeouts counts the time-outs in a row.
	Timeouts int `json:"timeouts,omitempty"`
	// Paused reports that another app has the conversation.
	Paused bool `json:"paused,omitempty"`
}

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
	name string
	kind kind
	to   []string // the steps that its code may go to
}

// outline is the steps of a dialog in order.
type outline []stop

// index returns where a step is; -1 if there is none of that name.
func (o outline) index(name string) int {
	return slices.IndexFunc(o, func(s stop) bool { return s.name == name })
}

// passed reports whether a step is behind the run.
func (p position) passed(name string) bool { return slices.Contains(p.Done, name) }

// after returns the position at the first step behind from that is open and applies; an empty
// from means the beginning. ok is false if there is none: the dialog is done.
func (p position) after(o outline, from string, applies func(i int) bool) (next position, ok bool) {
	for i := o.index(from) + 1; i < len(o); i++ {
		if !p.passed(o[i].name) && p.Left[o[i].name] == "" && applies(i) {
			return p.at(o[i].name), true
		}
	}
	return p, false
}

// at returns the position at a step, before anything has happened there.
func (p position) at(step string) position {
	p.Step, p.Tries, p.Timeouts = step, 0, 0
	return p
}

// reopen returns the position with what a step had jumped over open again, since it is answered
// again.
func (p position) reopen(step string) position {
	left := maps.Clone(p.Left)
	maps.DeleteFunc(left, func(_, by string) bool { return by == step })
	p.Left = left
	return p
}

// pass returns the position with the open step behind the run.
func (p position) pass() position {
	p = p.reopen(p.Step)
	if !p.passed(p.Step) {
		p.Done = append(slices.Clone(p.Done), p.Step)
	}
	return p
}

// jump returns the position at a step. A jump ahead leaves the open step behind. A jump back
// keeps it open: the run returns to it when the step that it jumped to is answered.
func (p position) jump(o outline, to string) position {
	from, goal := o.index(p.Step), o.index(to)
	if p.passed(to) || goal <= from {
		return p.at(to)
	}
	p = p.pass()
	left := maps.Clone(p.Left)
	for _, s := range o[from+1 : goal] {
		if !p.passed(s.name) && left[s.name] == "" {
			if left == nil {
				left = map[string]string{}
			}
			left[s.name] = p.Step
		}
	}
	delete(left, to)
	p.Left = left
	return p.at(to)
}

// back returns the position at the question before, which is open again, as is what came
// between. At the correction of an earlier answer it gives that up. It goes back over no Wait
// and no Human: what others have done stays done. ok is false if there is no question to go
// back to.
func (p position) back(o outline, applies func(i int) bool) (before position, ok bool) {
	if p.passed(p.Step) {
		return p.after(o, p.Step, applies)
	}
	for n, name := range slices.Backward(p.Done) {
		i := o.index(name)
		switch {
		case i < 0 || !applies(i): // removed by a deployment, or left out by now
		case o[i].kind == waits || o[i].kind == hands:
			return p, false
		case o[i].kind == asks:
			for _, name := range p.Done[n:] {
				p = p.reopen(name)
			}
			p.Done = slices.Clone(p.Done[:n])
			return p.at(o[i].name), true
		}
	}
	return p, false
}
