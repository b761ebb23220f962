package engine

import (
	"log/slog"

	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/sending"
)

// At debug level a turn logs which routes handled its event and which did not, why, and
// what they send, in the words of routing.Explain. No text of a message is among it, unless
// the program's own conditions, handlers and errors have some in theirs. While the level
// is off, a turn asks the logger once and formats nothing.

// traces reports whether the turn is to log that.
func (t *turn) traces() bool { return t.w.log.Enabled(t.w.held.ctx, slog.LevelDebug) }

func (t *turn) trace(message string, args ...any) {
	//nolint:sloglint // the messages are constants of this file
	t.w.log.Debug(message, append([]any{"event", t.queued.Key, "type", t.ev.Type}, args...)...)
}

func (t *turn) tracePlan() {
	if !t.traced {
		return
	}
	args := []any{"attempt", t.queued.Attempts + 1, "routes", len(t.steps)}
	if t.plan.Tap != nil {
		args = append(args, "counts_as", t.plan.Tap.Type)
	}
	if t.ev.Standby {
		args = append(args, "standby", true) // only routes under DEFAULT are tried
	}
	if t.silence != nil {
		args = append(args, "silence", t.silence.String())
	}
	if t.own {
		args = append(args, "own_echo", true)
	}
	t.trace("a turn tries the routes of its event", args...)
}

// tracePassed logs a route that those before it passed over.
func (t *turn) tracePassed(step routes.Step) {
	if !t.traced {
		return
	}
	runner := t.runnerNow()
	t.trace("a route did not run", "route", step.Name, "why", runner.WhyNot(step))
}

// traceRoute logs what a route that was tried came to.
func (t *turn) traceRoute(step routes.Step, end routeEnd, meaning meaning, sends []sending.Message, writes int) {
	if !t.traced {
		return
	}
	args := []any{"route", step.Name}
	if end.asked.Asked() {
		args = append(args, "why", t.why(step, end.asked))
	}
	switch {
	case meaning == resultFailed:
		t.trace("a route failed", append(args, "error", end.err)...)
	case meaning == resultSkip && end.asked.Yes:
		t.trace("a route skipped the event", args...)
	case meaning == resultSkip:
		t.trace("a route did not match the event", args...)
	default:
		kinds := make([]string, len(sends))
		for i, m := range sends {
			kinds[i] = m.Kind()
		}
		t.trace("a route handled the event", append(args, "sends", kinds, "writes", writes)...)
	}
}

// why says why a route ran or not. It asks the program's conditions for their text: without
// a lock, and a condition that panics costs the text and not the turn.
func (t *turn) why(step routes.Step, asked routes.Verdict) (why string) {
	runner := t.runnerNow()
	err := recovered(t.w.log, "the String method of a condition", func() error {
		why = runner.Why(step, t.plan.Event(step), asked, t.own)
		return nil
	}, "route", step.Name, "event", t.queued.Key)
	if err != nil {
		return err.Error()
	}
	return why
}

// runnerNow is a copy of the runner.
func (t *turn) runnerNow() routes.Runner {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.runner
}

// traceUntried logs that a middleware ended the turn before any route was tried.
func (t *turn) traceUntried() {
	if !t.traced {
		return
	}
	t.mu.Lock()
	called := t.called
	t.mu.Unlock()
	if !called {
		t.trace("no route was tried: a middleware ended the turn")
	}
}
