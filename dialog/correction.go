package dialog

import "slices"

// correct returns the position at a step that was passed, and is asked again. The run returns to the open
// one.
func (p position) correct(o outline, to string) position {
	if p.passed(p.Step) || o.index(p.Step) < o.index(to) {
		p.Return = append(slices.Clone(p.Return), p.Step)
	}
	return p.at(to)
}

// revise returns the position after a step has got another answer: what is behind it in the dialog, was passed, and may depend on
// the answer is open again.
func (p position) revise(o outline, step string, applies func(i int) bool) position {
	at := o.index(step)
	for i := at + 1; i < len(o); i++ {
		if !p.passed(o[i].name) || !o[i].dependsOn(step) {
			continue
		}
		p = p.takeBack(o[i].name)
		if o[i].kind == waits {
			p = p.confirmAgain(o, at+1, i, applies)
		}
	}
	return p
}

// confirmAgain returns the position with the last question open that is between two steps: what begins
// at the second one begins because the person has answered that.
func (p position) confirmAgain(o outline, from, before int, applies func(i int) bool) position {
	for i := before - 1; i >= from; i-- {
		if o[i].kind == asks && p.Left[o[i].name] == "" && applies(i) {
			return p.takeBack(o[i].name)
		}
	}
	return p
}

// settled reports whether others have acted on the answer of a step, so that the person cannot change it any more: a Wait
// or a Human behind it was passed.
func (p position) settled(o outline, step string) bool {
	return slices.ContainsFunc(o[o.index(step)+1:], func(s stop) bool {
		return (s.kind == waits || s.kind == hands) && p.passed(s.name)
	})
}
