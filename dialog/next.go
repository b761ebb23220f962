package dialog

import (
	"errors"
	"fmt"
)

// Next says what follows a step. The zero Next is the next step that applies and has not been
// passed yet; after the last one the dialog is done.
type Next struct {
	move move
	step string
	why  Reason
	free bool // the step need not be among those that the code may go to
}

type move int

const (
	onward move = iota
	jumps
	repeats
	stays
	finishes
	quits
	skips // a question is passed without an answer
)

// GoTo goes to a step. The step that returns it must name it in its To. A step that was
// answered before is asked again as a correction: the dialog then returns to where it was, over
// what may depend on the answer if that is another one. A [Wait] that goes back is begun again only behind
// a question that the person has answered since. A step ahead leaves out those between.
func GoTo(step string) Next { return Next{move: jumps, step: step} }

// Repeat asks the open question again, or runs the step again.
func Repeat() Next { return Next{move: repeats} }

// Stay leaves everything as it is: the step stays open, and nothing is said. Of a Wait it says
// that the signal was not the one it waits for. A time-out that stays sets no new timer.
func Stay() Next { return Next{move: stays} }

// What stands in To besides steps: that the code may return Finish, or Quit. So Validate and the diagram know it.
const (
	ToFinish = "{Finish}"
	ToQuit   = "{Quit}"
)

// Finish ends the dialog as if its last step had been passed: Done is called. The step that returns it must have
// [ToFinish] in its To.
func Finish() Next { return Next{move: finishes} }

// Quit ends the dialog without Done: Ended is called. The step that returns it must have [ToQuit] in its To.
func Quit(why Reason) Next { return Next{move: quits, why: why} }

// String returns how it is made in Go.
func (n Next) String() string {
	switch n.move {
	case jumps:
		return fmt.Sprintf("dialog.GoTo(%q)", n.step)
	case repeats:
		return "dialog.Repeat()"
	case stays:
		return "dialog.Stay()"
	case finishes:
		return "dialog.Finish()"
	case quits:
		return fmt.Sprintf("dialog.Quit(dialog.%s)", n.why)
	case onward, skips:
	}
	return "dialog.Next{}"
}

// toFaults are what is wrong with the steps that a Then may go to.
func toFaults(to []string, then bool) []error {
	if len(to) > 0 && !then {
		return []error{errors.New("it has a To, but no Then")}
	}
	return nil
}

// Reason is why a dialog ended without Done.
type Reason string

// The reasons. A program may have others of its own for [Quit].
const (
	// Cancelled: the person said so.
	Cancelled Reason = "Cancelled"
	// TimedOut: the person did not answer in time.
	TimedOut Reason = "TimedOut"
	// NoSignal: what a Wait waits for did not come in time.
	NoSignal Reason = "NoSignal"
	// Replaced: another dialog was started.
	Replaced Reason = "Replaced"
	// Lost: the open step, or a state that can be read, no longer exists after a deployment.
	Lost Reason = "Lost"
	// Stuck: MaxTries answers in a row were refused.
	Stuck Reason = "Stuck"
	// NotReturned: a human, or another app, kept the conversation too long.
	NotReturned Reason = "NotReturned"
	// Stopped: the program ended it by [Open.End].
	Stopped Reason = "Stopped"
	// Failed: a step, Done or a hook failed for the last time, and Dialog.Failed quit.
	Failed Reason = "Failed"
)

// RefusalError is the error by which a Check or an [Answer] refuses what the person said: the text
// is said, and the question asked again. Every other error fails the turn, which is retried.
type RefusalError struct {
	// Text is a message id.
	Text string
	// Values are for its placeholders.
	Values map[string]string
}

// Refuse returns a [RefusalError] with that text, a message id.
func Refuse(text string) error { return &RefusalError{Text: text} }

// Error returns the text.
func (r *RefusalError) Error() string { return "dialog: refused: " + r.Text }
