package routing

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Verdict is what a route says about an event. It is cheap to make; its text is made
// when it is printed.
type Verdict struct {
	// Yes reports that the route is to handle the event.
	Yes bool

	when, failed Condition
	handler      handling.Handler
}

// String says why, or why not: which part of the condition is not met, or what the
// handler said.
func (v Verdict) String() string {
	condition := ""
	if v.when != nil {
		condition = "When " + v.when.String()
	}
	switch _, none := v.handler.(onlyAnswers); {
	case v.failed != nil:
		return condition + ": " + v.failed.String() + " does not match"
	case none:
		return condition + ": matches"
	case v.when != nil:
		condition += " matches, and "
	}
	says := "no"
	if v.Yes {
		says = "yes"
	}
	return condition + nameOf(v.handler) + ".ShouldHandle says " + says
}

// Explanation says what one route would do for an event.
type Explanation struct {
	// Route is the route's name.
	Route string
	// Fires reports whether its handler would run.
	Fires bool
	// Answers reports whether its senders would answer then.
	Answers bool
	// Ways are the ways in which its handler and senders may answer then, the
	// default one first; none if they may not.
	Ways []sending.Way
	// Why says why, or why not.
	Why string
}

// Explain says which routes of the policy would fire for an event, in order, and why.
// See [Compiled.Explain]. The policy need not be valid.
func Explain(ctx context.Context, p Policy, ev *receiving.Event) []Explanation {
	return compile(askable(p)).Explain(ctx, ev)
}

// askable returns the policy with every condition that cannot be asked replaced.
func askable(p Policy) Policy {
	p = maps.Clone(p)
	for t := range p {
		p[t] = slices.Clone(p[t])
		for i, r := range p[t] {
			var v validation
			if r.When != nil && !v.condition("When", r.When) {
				p[t][i].When = unsound{v.mistakes[0].mistake.Err}
			}
		}
	}
	return p
}

// unsound stands for a condition that cannot be asked.
type unsound struct{ why error }

func (unsound) Match(context.Context, *receiving.Event) bool { return false }

func (c unsound) String() string { return "a broken condition (" + c.why.Error() + ")" }

// Explain says which routes would fire for an event, in order, and why. It asks each
// condition, and each handler ShouldHandle, and calls nothing else; for the routes that
// would fire it supposes that they handle the event. It names a handler as
// [Policy.Validate] does. A text counts as a tap as far as ctx has [Offers]. With a silence in
// ctx (handling.WithSilence) it says what would happen while the bot keeps silent.
func (c *Compiled) Explain(ctx context.Context, ev *receiving.Event) []Explanation {
	plan, err := c.Plan(ctx, ev)
	if err != nil {
		return []Explanation{{Why: err.Error()}}
	}
	var runner Runner
	out := make([]Explanation, 0, len(plan.Steps))
	for _, s := range plan.Steps {
		out = append(out, explain(ctx, &runner, s, plan.Event(s)))
	}
	return out
}

func explain(ctx context.Context, runner *Runner, s Step, ev *receiving.Event) (e Explanation) {
	e.Route = s.Name
	defer func() {
		if value := recover(); value != nil { // as in a turn, the route has failed
			runner.Handled(s)
			e = Explanation{Route: s.Name, Why: fmt.Sprintf("it fails: panic: %v", value)}
		}
	}()
	silence, silent := handling.SilenceFrom(ctx)
	switch {
	case runner.final:
		e.Why = "a final route before it handles the event"
		return e
	case silent && s.Silenced(ev):
		e.Why = silence.String()
		return e
	case !runner.Runs(s):
		e.Why = "it is an otherwise route, and one before it handles the event"
		if !s.Otherwise {
			e.Why = "the text counts as a tap, and a route before it handles that"
		}
		return e
	}
	verdict := s.Ask(ctx, ev)
	if s.Typed {
		e.Why = fmt.Sprintf("the text counts as a %s; ", ev.Type)
	}
	e.Why += verdict.String()
	if !verdict.Yes {
		return e
	}
	runner.Handled(s)
	e.Fires = true
	e.Ways = s.Ways(ev, sending.OwnEcho(ev))
	e.Answers = len(s.Senders) > 0 && len(e.Ways) > 0
	if len(s.Senders) > 0 && !e.Answers {
		e.Why += "; its senders stay silent, because this route may not answer the event"
	}
	if silent {
		e.silence(s, silence)
	}
	return e
}
