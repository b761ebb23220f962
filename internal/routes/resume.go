package routes

import (
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
)

// dialogEnd is what the routes of an event mean for the dialogs that it passes.
type dialogEnd struct {
	kept    bool // a Final route under DEFAULT keeps the event from them
	handled bool // one of them has handled it
	// failed is what the routes are told that have failed for the last time, by name; nil if none has.
	failed map[string]handling.Resumption
}

// note notes that a step has handled the event, or has failed.
func (d *dialogEnd) note(s Step) {
	d.kept = d.kept || s.Type == receiving.TypeDefault && s.Final
	d.handled = d.handled || s.Type == receiving.TypeDialog
}

// Failed records that a step that has been recorded by [Runner.Handled] has failed for the
// last time.
func (r *Runner) Failed(s Step, err error) {
	if s.Type == receiving.TypeDialog && !s.Resumes {
		r.Tell(map[string]handling.Resumption{s.Name: {Failed: err}})
	}
}

// Tell makes the runner run the second parts of these routes, by name, which are told that, and no others.
func (r *Runner) Tell(failed map[string]handling.Resumption) { r.dialog.failed = failed }

// Resumption returns what the second part of a dialog's route is told, and false if it does not run: the
// dialogs, or a route that keeps the event from them, have handled the event. The dialog
// that has failed is told so, even then.
func (r *Runner) Resumption(s Step) (handling.Resumption, bool) {
	switch {
	case !s.Resumes, r.silences(s):
		return handling.Resumption{}, false
	case r.dialog.failed != nil:
		after, failed := r.dialog.failed[s.Name]
		return after, failed
	case r.dialog.kept, r.dialog.handled:
		return handling.Resumption{}, false
	}
	return handling.Resumption{Handled: r.handled&^OfDefault != 0}, true
}

// withDialogs puts the dialogs of a policy between the steps under DEFAULT and the others, and their second parts
// behind them.
func withDialogs(dialogs, defaults []Step, others ...[]Step) []Step {
	steps := append([]Step{}, defaults...)
	steps = append(steps, dialogs...)
	for _, o := range others {
		steps = append(steps, o...)
	}
	return append(steps, resuming(dialogs)...)
}

// resuming returns the second parts of dialogs.
func resuming(dialogs []Step) []Step {
	var steps []Step
	for _, s := range dialogs {
		if _, ok := s.Handler.(handling.DialogHandler); ok {
			s.Resumes, s.Senders = true, nil
			steps = append(steps, s)
		}
	}
	return steps
}

// Resuming returns the plan of an event that has nothing but the second parts of the routes under DIALOG.
func (c *Table) Resuming(ev *receiving.Event) Plan {
	plan := Plan{event: ev}
	for _, s := range c.Steps(ev) {
		if s.Resumes {
			plan.Steps = append(plan.Steps, s)
		}
	}
	return plan
}

// takesDialogs reports whether dialogs are asked about events of a type: what people do, and
// who has the conversation.
func takesDialogs(t receiving.Type) bool { return t.IsAct() || t == receiving.TypeThreadControl }

// dialogsOf returns the handlers of dialogs.
func dialogsOf(steps []Step) []handling.DialogHandler {
	var all []handling.DialogHandler
	for _, s := range steps {
		if d, ok := s.Handler.(handling.DialogHandler); ok {
			all = append(all, d)
		}
	}
	return all
}

// Dialogs returns the handlers of the policy's dialogs. The slice is shared and must not be
// changed.
func (c *Table) Dialogs() []handling.DialogHandler { return c.dialogs }
