package dialog

import (
	"context"
	"slices"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
)

// situation finds out what the rules need to know.
func (d Dialog[S]) situation(ctx context.Context, ev *receiving.Event, a act) (situation, error) {
	run, open, err := load(ctx)
	s := situation{names: d.names(), open: open, run: run}
	s.mine = open && slices.Contains(s.names, run.Dialog)
	if a.is == dialogTap && !open {
		s.strays = d.answersStrays(ctx, a.tap.Dialog)
	}
	if !s.mine {
		return s, err
	}
	nodes := d.nodes()
	if i := slices.IndexFunc(nodes, func(n node[S]) bool { return n.name == run.Step }); i >= 0 {
		n := nodes[i]
		s.known, s.kind, s.contact = true, n.kind, n.contact != nil
		s.takes, s.waited = n.takesType(ev.Type), n.ref.Matches(ev.PayloadText())
	}
	return s, err
}

// answersStrays reports whether a tap on a dialog that is not in the policy is this one's to
// answer: it is the first of the policy.
func (d Dialog[S]) answersStrays(ctx context.Context, name string) bool {
	all := handling.TurnFrom(ctx).Dialogs
	for _, other := range all {
		if slices.Contains(other.DialogNames(), name) {
			return false
		}
	}
	return len(all) > 0 && slices.Contains(all[0].DialogNames(), d.Name)
}
