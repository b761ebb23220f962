package dialog

import (
	"context"
	"errors"
	"slices"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
)

// Unknown returns a handler for a route under receiving.TypeDialog, for runs of dialogs that the policy
// no longer has. At the person's next answer or tap, or when the question times out, the run
// ends and fn is called with what it was, and may answer, or start another dialog. Without
// such a route the run hinders no other dialog, and is forgotten a week after its time-out.
//
// While replicas of two versions run together, the older one takes the dialogs of the newer for
// unknown: put new dialogs into the policy of all of them before one is started.
func Unknown(fn func(ctx context.Context, ev *receiving.Event, reply *sending.Replier, was Open) error) handling.DialogHandler {
	return unknown{fn}
}

type unknown struct {
	fn func(context.Context, *receiving.Event, *sending.Replier, Open) error
}

func (unknown) String() string { return "dialog.Unknown" }

func (unknown) DialogNames() []string { return nil }

func (unknown) Handles(t receiving.Type) bool { return t == receiving.TypeDialog }

func (unknown) PayloadRefs() []payload.Ref {
	return []payload.Ref{tapKind.Ref(), alarmKind.Ref(), orderKind.Ref()}
}

func (u unknown) Prepare() handling.DialogHandler { return u }

func (unknown) Waits(context.Context) (handling.DialogState, bool) {
	return handling.DialogState{}, false
}

func (unknown) Resume(context.Context, *receiving.Event, *sending.Replier, handling.Resumption) error {
	return handling.Skip
}

func (unknown) TakesSignal(ev *receiving.Event) bool {
	is, _, _ := signalOf(ev.PayloadText())
	return is == alarmRings || is == orderComes
}

func (u unknown) ShouldHandle(ctx context.Context, ev *receiving.Event) bool {
	_, takes, err := u.takes(ctx, ev)
	return takes || err != nil
}

// takes returns the run of an unknown dialog that the event is for.
func (unknown) takes(ctx context.Context, ev *receiving.Event) (record, bool, error) {
	a := actOf(ctx, ev)
	if a.is == noAct {
		return record{}, false, nil
	}
	run, open, err := load(ctx)
	if err != nil || !open || slices.ContainsFunc(handling.TurnFrom(ctx).Dialogs, func(h handling.DialogHandler) bool {
		return slices.Contains(h.DialogNames(), run.Dialog)
	}) {
		return record{}, false, err
	}
	s := situation{names: []string{run.Dialog}, open: true, mine: true, run: run, known: true}
	ruling := s.rule(a)
	return run, ruling.takes() && ruling != ignores, nil
}

func (u unknown) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	run, takes, err := u.takes(ctx, ev)
	switch {
	case err != nil:
		return err
	case !takes:
		return handling.Skip
	}
	if err := drop(ctx); err != nil {
		return err
	}
	return u.fn(ctx, ev, reply, openOf(ev.PageID, ev.PSID, run))
}

func (u unknown) Validate() error {
	if u.fn == nil {
		return errors.New("dialog: the function of Unknown is nil")
	}
	return nil
}
