package routes

import (
	"fmt"

	"github.com/djmessenger/messenger/receiving"
)

// The bot's debug log and [Table.Explain] say why in the same words.

// WhyNot says why the step does not run, given the steps before it; "" if it does.
func (r *Runner) WhyNot(s Step) string {
	switch {
	case r.Runs(s):
		return ""
	case r.final:
		return "a final route before it handles the event"
	case r.silences(s):
		return r.silence.String()
	case s.Otherwise:
		return "it is an otherwise route, and one before it handles the event"
	case r.handled&OfTaker != 0:
		return "a route before it has raised the signal and handles it"
	}
	return "the text counts as a tap, and a route before it handles that"
}

// Why says why the step handles an event, or not, after it was asked.
func (r *Runner) Why(s Step, ev *receiving.Event, verdict Verdict, ownEcho bool) string {
	why := verdict.String()
	if s.Typed {
		why = fmt.Sprintf("the text counts as a %s; ", ev.Type) + why
	}
	switch {
	case !verdict.Yes || len(s.Senders) == 0:
		return why
	case s.Answers(ev, ownEcho):
		if r.silent != nil && !s.DespiteSilence {
			why += "; its senders say nothing, " + r.silence.String()
		}
		return why
	case s.Silent(ev, ownEcho):
		return why + "; its senders stay silent, because this route may not answer the event"
	}
	return why + "; its answer is refused, because the event cannot be answered"
}

// Silent reports whether the step's senders say nothing to an event that the step may not
// answer: under DEFAULT, on standby, and for the bot's own echoes. Otherwise the route was made
// to answer what lacks something, such as a comment without an id, and the
// answer is refused, which the bot logs and reports.
func (s Step) Silent(ev *receiving.Event, ownEcho bool) bool {
	return !s.Answers(ev, ownEcho) && (s.Type == receiving.TypeDefault || ownEcho || ev.Standby)
}
