package routing

import (
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
)

func init() { //nolint:gochecknoinits // the bot compiles policies, and users need not
	routes.Compile = func(policy any) (*routes.Table, error) {
		p := policy.(Policy) //nolint:forcetypeassert // it is one
		if err := p.Validate(); err != nil {
			return nil, err
		}
		return compile(p), nil
	}
}

func compile(p Policy) *routes.Table { return routes.New(p.steps) }

// entry returns the steps of one of the policy's entries.
func (p Policy) entry(t receiving.Type) []routes.Step {
	steps := make([]routes.Step, len(p[t]))
	for i, r := range p[t] {
		steps[i] = routes.Step{
			Name: r.Name, Type: t, Index: i,
			When: r.When, Failing: failing, Handler: r.Handler, Senders: slices.Clone(r.Senders),
			Final: r.Final || t == receiving.TypeDialog, Otherwise: r.Otherwise, Timeout: r.Timeout, Retry: r.Retry, Typing: r.Typing, CancelOnNewer: r.CancelOnNewer,
			DespiteSilence: r.DespiteSilence, TypedTaps: r.TypedTaps, Signals: r.Signals,
		}
		if r.Name == "" {
			steps[i].Name = fmt.Sprintf("%s/%d", t, i)
		}
	}
	return steps
}

// steps is entry with a handler in every step.
func (p Policy) steps(t receiving.Type) []routes.Step {
	steps := p.entry(t)
	for i := range steps {
		if isNil(steps[i].Handler) {
			steps[i].Handler = routes.OnlyAnswers{}
		}
		if d, ok := steps[i].Handler.(handling.DialogHandler); ok && t == receiving.TypeDialog {
			steps[i].Handler = d.Prepare()
		}
	}
	return steps
}
