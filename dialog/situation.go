package dialog

import (
	"context"
	"slices"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
)

// read finds out what an event is, and what the rules need to know about it. A tap has the name that its step has now.
func (d definition[S]) read(ctx context.Context, ev *receiving.Event) (act, situation, error) {
	a := actOf(ctx, ev)
	if a.is == noAct {
		return a, situation{}, nil
	}
	run, open, err := load(ctx)
	s := situation{names: d.names(), open: open}
	s.mine = open && d.has(run.Dialog)
	if a.is == dialogTap && !s.mine {
		s.open = open && answersFor(ctx, run.Dialog)
		s.strays = !s.open && d.answersStrays(ctx, a.tap.Dialog)
	}
	if !s.mine {
		s.run, s.ended = run, !open && d.has(run.Ended) && run.doubledBy(ev)
		return a, s, err
	}
	s.run = run.renamed(d.all)
	a.tap.Step = d.all.current(a.tap.Step)
	s.settled = a.is == dialogTap && s.run.settled(d.all, a.tap.Step)
	s.doubled = s.run.doubledBy(ev)
	if n, known := d.step(s.run.Step); known {
		s.known, s.kind, s.contact, s.takes = true, n.kind, n.contact != nil, n.takesType(ev.Type)
		s.waited = n.kind == waits && n.ref.Matches(ev.PayloadText()) && n.answers(ev.PayloadText(), s.run.Request)
	}
	return a, s, err
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
