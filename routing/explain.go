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

// Asked reports whether the verdict is one, and not the zero value.
func (v Verdict) Asked() bool { return v.handler != nil }

// String says why, or why not: which part of the condition is not met, or what the
// handler said. It is "not asked" for the zero value.
func (v Verdict) String() string {
	if !v.Asked() {
		return "not asked"
	}
	condition := ""
	if v.when != nil {
		condition = "When " + v.when.String()
	}
	switch _, none := v.handler.(onlyAnswers); {
	case v.failed != nil && v.failed.String() == v.when.String():
		return condition + " does not match"
	case v.failed != nil:
		return condition + ": " + v.failed.String() + " does not match"
	case none:
		return condition + supposed(v.when, " is taken to match", " matches")
	case v.when != nil:
		condition += supposed(v.when, " is taken to match", " matches") + ", and "
	}
	says := "no"
	if v.Yes {
		says = "yes"
	}
	return condition + nameOf(v.handler) + supposed(v.handler, " is taken to say ", ".ShouldHandle says ") + says
}

// supposed chooses the words for a part that stands for one that is not known, such as
// a policyfile.Placeholder: what it says is supposed, and not known.
func supposed(part any, supposition, fact string) string {
	if p, ok := part.(interface{ Supposed() bool }); ok && p.Supposed() {
		return supposition
	}
	return fact
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
			if r.When != nil && !v.condition(Where{Field: "When"}, "When", r.When) {
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
// [Policy.Validate] does. A text counts as a tap as far as ctx has [Offers]. An echo
// counts as the bot's own as [sending.OwnEcho] has it; a bot's Explain also knows its apps,
// its records, and the person. With a silence in ctx (handling.WithSilence) it says what
// would happen while the bot keeps silent.
func (c *Compiled) Explain(ctx context.Context, ev *receiving.Event) []Explanation {
	explained, err := c.ExplainTurn(ctx, ev, sending.OwnEcho(ev))
	if err != nil {
		return []Explanation{{Why: err.Error()}}
	}
	return explained
}

// ExplainTurn is Explain for a caller that knows whether the event is an echo of the bot's own
// message. The error is that of [Compiled.Plan].
func (c *Compiled) ExplainTurn(ctx context.Context, ev *receiving.Event, ownEcho bool) ([]Explanation, error) {
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
	if verdict.Yes {
		runner.Handled(s)
		e.Fires = true
		e.Ways = s.Ways(ev, ownEcho)
		e.Answers = len(s.Senders) > 0 && len(e.Ways) > 0
	}
	return e
}
