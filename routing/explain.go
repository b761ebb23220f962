package routing

import (
	"context"
	"maps"
	"slices"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

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
	// Dialog and Step are where the person is, if the route is the one of the dialog that they
	// are in.
	Dialog, Step string
}

// Explain says which routes of the policy would fire for an event, in order, and why. The
// policy need not be valid. Explain asks each condition, and each handler ShouldHandle, and
// calls nothing else; for the routes that would fire it supposes that they handle the event.
// It names a handler as [Policy.Validate] does. A text counts as a tap as far as ctx has
// [Offers]; their error is the Why of the only explanation then. An echo counts as the bot's
// own as [sending.OwnEcho] has it; a bot's Explain also knows its apps, its records, and the
// person. With a silence in ctx (handling.WithSilence) it says what would happen while the
// bot keeps silent.
func Explain(ctx context.Context, p Policy, ev *receiving.Event) []Explanation {
	all, err := compile(askable(p)).Explain(ctx, ev, sending.OwnEcho(ev))
	if err != nil {
		return []Explanation{{Why: err.Error()}}
	}
	explained := make([]Explanation, len(all))
	for i, e := range all {
		explained[i] = Explanation(e)
	}
	return explained
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
