package routes

import (
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
)

// Silenced reports whether the step does not run for an event while the bot keeps silent
// (handling.WithSilence): of an act of a person only the steps under DEFAULT do, and
// those with DespiteSilence.
func (s Step) Silenced(ev *receiving.Event) bool {
	return !s.DespiteSilence && s.Type != receiving.TypeDefault && ev.Type.IsAct()
}

// KeepSilent makes the runner pass over the steps that are silenced for an event.
func (r *Runner) KeepSilent(ev *receiving.Event, why handling.Silence) {
	r.silent, r.silence = ev, why
}

// silences reports whether the runner passes over a step for a silence.
func (r *Runner) silences(s Step) bool { return r.silent != nil && s.Silenced(r.silent) }
