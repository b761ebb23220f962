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
	// Done are the steps that are behind the run, in the order in which they were passed last.
	Done []string `json:"done,omitempty"`
	// Left are the steps that were jumped over, each with the step that jumped.
	Left map[string]string `json:"left,omitempty"`
	// Return are the steps that were open when a correction of another one began, as far as
	// going on from that one would not lead there.
	Return []string `json:"return,omitempty"`
	// Skipped are those of Done that have no answer.
	Skipped []string `json:"skipped,omitempty"`
	// Visit counts the questions asked. A timer of an earlier visit has no effect.
	Visit int `json:"visit"`
	// Tries counts the answers that were refused in a row.
	Tries int `json:"tries,omitempty"`
	// Timeouts counts the time-outs in a row.
	Timeouts int `json:"timeouts,omitempty"`
	// Paused reports that another app has the conversation.
	Paused bool `json:"paused,omitempty"`
}

// passed reports whether a step is behind the run.
func (p position) passed(name string) bool { return slices.Contains(p.Done, name) }

// shows reports whether a step has an answer that texts can show.
func (p position) shows(name string) bool { return p.passed(name) && !slices.Contains(p.Skipped, name) }

// after returns the position at the step that follows one which has been passed: the first one to
// return to, or that is behind from, open, and applies. An empty from means the beginning. ok
// is false if there is none: the dialog is done.
func (p position) after(o outline, from string, applies func(i int) bool) (next position, ok bool) {
	at := o.index(from)
	for i, s := range o {
		open := i > at && !p.passed(s.name) && p.Left[s.name] == ""
		if (open || slices.Contains(p.Return, s.name)) && applies(i) {
			return p.at(s.name), true
		}
	}
	return p, false
}

// at returns the position at a step, before anything has happened there.
func (p position) at(step string) position {
	p.Step, p.Tries, p.Timeouts = step, 0, 0
	p.Return = without(p.Return, step)
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

// pass returns the position with the open step behind the run, as the last one.
func (p position) pass() position {
	p = p.takeBack(p.Step)
	p.Done = append(slices.Clone(p.Done), p.Step)
	return p
}

// skip is pass without an answer.
func (p position) skip() position {
	p = p.pass()
	p.Skipped = append(slices.Clone(p.Skipped), p.Step)
	return p
}

// takeBack returns the position with a step open that was behind the run.
func (p position) takeBack(step string) position {
	p = p.reopen(step)
	p.Done, p.Skipped = without(p.Done, step), without(p.Skipped, step)
	return p
}

// jump returns the position at a step. A jump ahead leaves the open step behind. A jump back
// keeps it open: the run returns to it when the step that it jumped to is answered. A jump back from
// a Wait makes what it waits for obsolete: the run comes to the Wait again over the last question before it.
func (p position) jump(o outline, to string, applies func(i int) bool) position {
	from, goal := o.index(p.Step), o.index(to)
	switch {
	case goal == from:
		return p.at(to)
	case goal < from && o[from].kind == waits:
		return p.confirmAgain(o, goal, from, applies).correct(o, to)
	case goal < from:
		return p.correct(o, to)
	}
	p = p.pass()
	left := maps.Clone(p.Left)
	for _, s := range o[from+1 : goal] {
		p.Return = without(p.Return, s.name)
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
				p = p.takeBack(name)
			}
			return p.at(o[i].name), true
		}
	}
	return p, false
}

// without returns a list without a name. It does not change the list.
func without(list []string, name string) []string {
	if !slices.Contains(list, name) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == name })
}
