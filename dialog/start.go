package dialog

import (
	"context"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
)

// Start starts the dialog with the person of an event: it asks the first question. It is
// called in a handler, and takes effect with its route, which must be one that may answer.
//
// If this dialog is open already, its question is asked again, and its answers are kept: a
// double tap loses nothing. If another one is open, that ends with the reason Replaced. Inside
// of the functions of a run that has not ended, Start of the same dialog is a permanent error
// (a [StepError]: use [GoTo]), and so is Start in an Ended that is told Replaced.
//
// It is a permanent error if no route under receiving.TypeDialog has the dialog, or if the
// event has no person.
func (d Dialog[S]) Start(ctx context.Context, ev *receiving.Event, reply *sending.Replier, state S) error {
	problem := ""
	all := handling.TurnFrom(ctx).Dialogs
	outer, _ := ctx.Value(turnKey{}).(*turn)
	inside := outer != nil && !outer.flow.ended()
	switch {
	case !slices.ContainsFunc(all, func(h handling.DialogHandler) bool { return slices.Contains(h.DialogNames(), d.Name) }):
		problem = "no route under DIALOG has it"
	case ev.PSID == "":
		problem = "the event has no person"
	case outer != nil && outer.replacing:
		problem = "it is started while another dialog that is started ends this one"
	case inside && outer.flow.isOf(d.names()):
		problem = "it starts itself while it is open; use GoTo"
	}
	if problem != "" {
		return handling.Permanent(&StepError{Dialog: d.Name, Problem: problem})
	}
	before := ""
	if outer != nil {
		before = outer.flow.id()
	}
	if inside {
		if err := outer.flow.replace(ctx); err != nil {
			return err
		}
	}
	def := d.define()
	run, open, err := load(ctx)
	switch {
	case err != nil:
		return err
	case open && d.has(run.Dialog):
		return def.startAgain(ctx, ev, reply, run.renamed(def.all), state)
	case open:
		if err := replaceOther(ctx, all, ev, reply, run); err != nil {
			return err
		}
		before = run.Run
	}
	return def.start(ctx, ev, reply, state, before)
}

func (d definition[S]) start(ctx context.Context, ev *receiving.Event, reply *sending.Replier, state S, before string) error {
	run := record{Dialog: d.Name, Run: digest(ev.PageID, ev.PSID, ev.Key, d.Name, before), Said: saidBy(ev)}
	f, ctx := d.newFlow(ctx, ev, reply, run)
	f.state = state
	if err := f.turn.step(); err != nil {
		return f.fails("%v", err)
	}
	first, ok := f.rec.after(f.d.all, "", f.applies)
	if !ok {
		return f.done(ctx)
	}
	f.rec.position = first
	if err := f.enter(ctx); err != nil {
		return err
	}
	return f.save(ctx)
}

// startAgain asks the open question again. A run that cannot go on gives way to a new one.
func (d definition[S]) startAgain(ctx context.Context, ev *receiving.Event, reply *sending.Replier, run record, state S) error {
	f, inner := d.newFlow(ctx, ev, reply, run)
	if err := f.leaveToNewer(ctx); err != nil {
		return err
	}
	if _, known := f.open(); !known || f.restore() != nil {
		if err := f.close(inner); err != nil {
			return err
		}
		return d.start(ctx, ev, reply, state, run.Run)
	}
	n, _ := f.open()
	f.wait = d.timeout(n)
	f.rec.Paused = false
	if err := f.remind(inner); err != nil {
		return err
	}
	return f.save(inner)
}

// replacer is a dialog whose run another one ends.
type replacer interface {
	replaced(ctx context.Context, ev *receiving.Event, reply *sending.Replier, run record) error
}

// replaceOther ends the run of another dialog. One that the policy does not have is forgotten.
func replaceOther(ctx context.Context, all []handling.DialogHandler, ev *receiving.Event, reply *sending.Replier, run record) error {
	for _, h := range all {
		if r, ok := h.(replacer); ok && slices.Contains(h.DialogNames(), run.Dialog) {
			return r.replaced(ctx, ev, reply, run)
		}
	}
	return drop(ctx)
}

func (d definition[S]) replaced(ctx context.Context, ev *receiving.Event, reply *sending.Replier, run record) error {
	f, ctx := d.newFlow(ctx, ev, reply, run.renamed(d.all))
	if err := f.leaveToNewer(ctx); err != nil {
		return err
	}
	if f.restore() != nil {
		return f.close(ctx)
	}
	return f.replace(ctx)
}

// On returns a handler that starts the dialog, with an empty state, when h has handled an
// event. It stands under the types that h is for; the dialog itself under TypeDialog.
func (d Dialog[S]) On(h handling.Handler) handling.Handler { return starter[S]{d, h} }

type starter[S any] struct {
	dialog Dialog[S]
	when   handling.Handler
}

func (s starter[S]) ShouldHandle(ctx context.Context, ev *receiving.Event) bool {
	return s.when.ShouldHandle(ctx, ev)
}

func (s starter[S]) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	if err := s.when.Handle(ctx, ev, reply); err != nil {
		return err
	}
	var empty S
	return s.dialog.Start(ctx, ev, reply, empty)
}

func (s starter[S]) StartsDialog() string { return s.dialog.Name }

func (s starter[S]) Handles(t receiving.Type) bool {
	limited, ok := s.when.(handling.TypeLimited)
	return !ok || limited.Handles(t)
}

func (s starter[S]) PayloadRefs() []payload.Ref {
	if user, ok := s.when.(handling.PayloadUser); ok {
		return user.PayloadRefs()
	}
	return nil
}

func (s starter[S]) Validate() error {
	if s.when == nil {
		return fmt.Errorf("dialog: %s: On has no handler", s.dialog.Name)
	}
	if v, ok := s.when.(handling.Validator); ok {
		return v.Validate()
	}
	return nil
}

func (s starter[S]) String() string {
	when := fmt.Sprintf("%T", s.when)
	switch h := s.when.(type) {
	case handling.SimpleText: // its pattern says more than its type
		if when = fmt.Sprintf("%s(%q)", when, h.Pattern); h.Matcher != nil {
			when = fmt.Sprintf("%T(%v)", h, h.Matcher)
		}
	case fmt.Stringer:
		when = h.String()
	}
	return fmt.Sprintf("dialog %q on %s", s.dialog.Name, when)
}
