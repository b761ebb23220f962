package routes

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Explanation is a routing.Explanation.
type Explanation struct {
	Route   string
	Fires   bool
	Answers bool
	Ways    []sending.Way
	Why     string
	Dialog  string
	Step    string
}

// Explain explains what the table does with an event, as routing.Explain says, for a caller
// that knows whether the event is an echo of the bot's own message. The error is that of [Table.Plan].
func (c *Table) Explain(ctx context.Context, ev *receiving.Event, ownEcho bool) ([]Explanation, error) {
	plan, err := c.Plan(ctx, ev)
	if err != nil {
		return nil, err
	}
	var runner Runner
	silence, silent := handling.SilenceFrom(ctx)
	if silent {
		runner.KeepSilent(ev, silence)
	}
	out := make([]Explanation, 0, len(plan.Steps))
	for _, s := range plan.Steps {
		if s.Resumes {
			continue // it goes on with what the first part of its route says
		}
		e := explain(ctx, &runner, s, plan.Event(s), ownEcho)
		if silent && e.Fires && !s.DespiteSilence {
			e.Ways, e.Answers = nil, false
		}
		out = append(out, e)
	}
	return out, nil
}

func explain(ctx context.Context, runner *Runner, s Step, ev *receiving.Event, ownEcho bool) (e Explanation) {
	e.Route = s.Name
	if e.Why = runner.WhyNot(s); e.Why != "" {
		return e
	}
	defer func() {
		if value := recover(); value != nil { // as in a turn, the route has failed
			runner.Handled(s)
			e = Explanation{Route: s.Name, Why: fmt.Sprintf("it fails: panic: %v", value)}
		}
	}()
	verdict := s.Ask(ctx, ev)
	e.Why = runner.Why(s, ev, verdict, ownEcho)
	if d, ok := s.Handler.(handling.DialogHandler); ok {
		open, waits := d.Waits(ctx)
		e.Dialog, e.Step = open.Dialog, open.Step
		skips := s.Taker && verdict.Yes && !d.ShouldHandle(ctx, ev) // its Handle leaves the signal to the next routes
		verdict.Yes = verdict.Yes && !skips
		if skips || verdict.failed == nil && !s.Taker {
			e.Why = dialogWhy(d, open, waits, verdict.Yes)
		} else if waits {
			e.Why = open.String() + "; " + e.Why
		}
	}
	if verdict.Yes {
		runner.Handled(s)
		e.Fires = true
		e.Ways = s.Ways(ev, ownEcho)
		e.Answers = len(s.Senders) > 0 && len(e.Ways) > 0
	}
	return e
}

// dialogWhy says why a dialog takes an event, or not.
func dialogWhy(d handling.DialogHandler, open handling.DialogState, waits, takes bool) string {
	switch {
	case waits && takes:
		return open.String() + ", and takes the event"
	case waits:
		return open.String() + ", and leaves the event to other routes"
	case takes:
		return NameOf(d) + " takes the event, and is not open"
	}
	return NameOf(d) + " is not open"
}
