package routing

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

// silence puts into an explanation what a silence does to a route that fires.
func (e *Explanation) silence(s Step, silence handling.Silence) {
	if s.DespiteSilence {
		return
	}
	if len(s.Senders) > 0 && e.Answers {
		e.Why += "; its senders say nothing, " + silence.String()
	}
	e.Ways, e.Answers = nil, false
}
