package dialog

import "slices"

// situation is what the rules of dispatch know of a dialog and the person's run.
type situation struct {
	names []string // of the dialog
	open  bool     // a run is open, of some dialog
	mine  bool     // it is of this one
	run   record
	// The open step, if mine.
	known   bool // the dialog has it
	kind    kind
	takes   bool // it takes the event's type, which is no answer by default
	contact bool // it has the platform's chip
	waited  bool // it waits for the signal that the event is
	// settled reports that the person cannot change the answer any more that a tap is about.
	settled bool
	// ended reports that no run is open, and the act has ended one of this dialog already.
	ended bool
	// doubled reports that the dialog has taken the same act already, before it asked the open question.
	doubled bool
	// strays reports that a tap on a dialog that is not in the policy is this dialog's to answer.
	strays bool
}

// ruling is what a dialog does with an event.
type ruling int

const (
	passes     ruling = iota // the event is not the dialog's
	reasks                   // the same, and the open question is asked again after the other routes
	switches                 // the same, and the dialog is paused, or goes on, after the other routes
	answers                  // it may answer the open question
	corrects                 // it answers a question that was answered before
	reminds                  // the open question is asked again
	closed                   // a tap on a dialog while none is open
	refers                   // a tap on a question that can be answered no more; the open one is asked again
	ignores                  // it is the dialog's, and has no effect
	loses                    // the open step no longer exists
	returns                  // the bot has the conversation again
	interrupts               // it comes while the run waits for something else
	goesOn                   // the open step is one that waits for nothing, since a deployment
	timesOut
	stops     // the program ends the run
	delivered // the signal that the run waits for
)

// rule decides what a dialog does with an event. Another dialog's run makes everything pass, but
// for what can only be of this one.
func (s situation) rule(a act) ruling {
	if s.ended {
		return ignores
	}
	switch a.is {
	case alarmRings:
		return s.signal(a.alarm.Dialog, s.mine && a.alarm.Run == s.run.Run && a.alarm.Visit == s.run.Visit, timesOut)
	case orderComes:
		return s.signal(a.order.Dialog, s.mine && a.order.Run == s.run.Run, stops)
	case signals:
		if s.mine && s.known && s.kind == waits && s.waited {
			return delivered
		}
	case control:
		if s.mine && (a.away && !s.run.Paused || !a.away && (s.run.Paused || s.kind == hands)) {
			return switches
		}
	case dialogTap:
		return s.tapped(a)
	case said:
		return s.forStep(a, answers)
	case otherTap:
		if s.contact && a.shares {
			return s.forStep(a, answers)
		}
		if s.mine && !a.away && (s.run.Paused || s.known && s.kind == asks) {
			return reasks
		}
	case otherAct:
		if s.mine && s.takes {
			return s.forStep(a, answers)
		}
	case noAct:
	}
	return passes
}

// signal decides about one that a dialog has raised for a run.
func (s situation) signal(dialog string, current bool, then ruling) ruling {
	switch {
	case !slices.Contains(s.names, dialog):
		return passes
	case current:
		return then
	}
	return ignores
}

// tapped decides about a tap on a dialog.
func (s situation) tapped(a act) ruling {
	mine := slices.Contains(s.names, a.tap.Dialog) || s.strays
	switch {
	case !s.open && mine:
		return closed
	case !s.mine:
		return passes // the open dialog reminds
	case a.away:
		return ignores
	case a.tap.Run != s.run.Run:
		return s.forStep(a, reminds)
	case a.tap.Step == s.run.Step:
		return s.forStep(a, answers)
	case s.run.passed(a.tap.Step) && s.settled:
		return s.forStep(a, refers)
	case s.run.passed(a.tap.Step):
		return s.forStep(a, corrects)
	}
	return s.forStep(a, reminds)
}

// forStep decides about an act that is for the open step: at a question it is then.
func (s situation) forStep(a act, then ruling) ruling {
	switch {
	case !s.mine:
		return passes
	case s.run.Paused && a.away && s.known && s.kind == hands:
		return interrupts // it reaches the bot: the hand-over may have been refused
	case s.run.Paused && a.away:
		return passes
	case s.run.Paused:
		return returns
	case !s.known:
		return loses
	case s.doubled:
		return ignores
	case s.kind == waits, s.kind == hands:
		return interrupts
	case s.kind != asks:
		return goesOn
	}
	return then
}

// takes reports whether the dialog handles the event before the routes of its own type.
func (r ruling) takes() bool { return r != passes && r != reasks && r != switches }
