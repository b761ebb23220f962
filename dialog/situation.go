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
	if a.is == dialogTap && !s.mine {
		s.open = open && answersFor(ctx, run.Dialog)
		s.strays = !s.open && d.answersStrays(ctx, a.tap.Dialog)
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
	first := slices.IndexFunc(all, func(h handling.DialogHandler) bool { return len(h.DialogNames()) > 0 })
	return first >= 0 && slices.Contains(all[first].DialogNames(), d.Name)
}

// answersFor reports whether a route of the policy takes what is for a run of that dialog.
func answersFor(ctx context.Context, dialog string) bool {
	return slices.ContainsFunc(handling.TurnFrom(ctx).Dialogs, func(h handling.DialogHandler) bool {
		_, all := h.(unknown)
		return all || slices.Contains(h.DialogNames(), dialog)
	})
}

// askedBy reports whether a route before, which has started the dialog, has asked the open question because of the
// event: that is no answer to it.
func (s situation) askedBy(ev *receiving.Event) bool { return s.mine && s.run.By == digest(ev.Key) }
