package dialog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
)

var _ interface {
	handling.DialogHandler
	handling.TypeLimited
	handling.Validator
	handling.PayloadUser
} = Dialog[struct{}]{}

// String names the dialog.
func (d Dialog[S]) String() string { return fmt.Sprintf("dialog %q", d.Name) }

// DialogNames returns Name and Aliases.
func (d Dialog[S]) DialogNames() []string { return d.names() }

// Handles reports TypeDialog.
func (Dialog[S]) Handles(t receiving.Type) bool { return t == receiving.TypeDialog }

// PayloadRefs names the kinds of payload that the dialog reads.
func (d Dialog[S]) PayloadRefs() []payload.Ref { return d.define().PayloadRefs() }

func (d definition[S]) PayloadRefs() []payload.Ref {
	refs := []payload.Ref{tapKind.Ref(), alarmKind.Ref(), orderKind.Ref()}
	for _, n := range d.nodes {
		if !n.ref.IsZero() {
			refs = append(refs, n.ref)
		}
	}
	return refs
}

// TakesSignal reports whether the event is a time-out of this dialog, or a signal that one of its
// steps waits for.
func (d Dialog[S]) TakesSignal(ev *receiving.Event) bool { return d.define().TakesSignal(ev) }

func (d definition[S]) TakesSignal(ev *receiving.Event) bool {
	switch is, alarm, order := signalOf(ev.PayloadText()); is {
	case alarmRings:
		return d.has(alarm.Dialog)
	case orderComes:
		return d.has(order.Dialog)
	}
	return slices.ContainsFunc(d.nodes, func(n node[S]) bool { return n.kind == waits && n.ref.Matches(ev.PayloadText()) })
}

// Waits returns the step that the person of the context's turn is at.
func (d Dialog[S]) Waits(ctx context.Context) (handling.DialogState, bool) {
	return d.define().Waits(ctx)
}

func (d definition[S]) Waits(ctx context.Context) (handling.DialogState, bool) {
	r, open, err := load(ctx)
	if err != nil || !open || !d.has(r.Dialog) {
		return handling.DialogState{}, false
	}
	r = r.renamed(d.all)
	return handling.DialogState{Dialog: r.Dialog, Step: r.Step, Refused: r.Tries, Paused: r.Paused}, true
}

// ShouldHandle reports whether the event is the dialog's, by the rules in docs/dialogs.md.
func (d Dialog[S]) ShouldHandle(ctx context.Context, ev *receiving.Event) bool {
	return d.define().ShouldHandle(ctx, ev)
}

func (d definition[S]) ShouldHandle(ctx context.Context, ev *receiving.Event) bool {
	a, s, err := d.read(ctx, ev)
	return err != nil || s.rule(a).takes() && !s.askedBy(ev) // Handle returns the error
}

// Handle takes an act, a signal or a time-out that is the dialog's.
func (d Dialog[S]) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	return d.define().Handle(ctx, ev, reply)
}

func (d definition[S]) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	a, s, err := d.read(ctx, ev)
	if err != nil {
		return err
	}
	ruling := s.rule(a)
	switch {
	case !ruling.takes(), s.askedBy(ev), s.mine && isPast(ctx, ev, s.run), ruling == closed && handling.TurnFrom(ctx).Replayed:
		return handling.Skip
	case ruling == ignores:
		return nil
	}
	f, ctx := d.newFlow(ctx, ev, reply, s.run)
	if ruling == closed {
		return f.run().Say(ctx, f.words.Closed)
	}
	lost, err := f.begin(ctx)
	if err != nil || lost {
		return err
	}
	if err := f.do(ctx, ruling, a); err != nil {
		if errors.Is(err, errPassed) {
			return handling.Skip
		}
		return err
	}
	return f.save(ctx)
}

// isPast reports whether a dead letter that is run again is of a question that was asked again, or
// left behind, since.
func isPast(ctx context.Context, ev *receiving.Event, run record) bool {
	return handling.TurnFrom(ctx).Replayed && !ev.Time.IsZero() && !ev.Time.After(run.At)
}

// newerFor is how long a run of a newer version of the dialog waits for a program that knows it.
const newerFor = time.Minute

// leaveToNewer returns an error by which an event waits for a program that knows the version of the run; nil if this one
// does, or if none has come in time.
func (f *flow[S]) leaveToNewer(ctx context.Context) error {
	at := handling.TurnFrom(ctx).At
	if f.rec.Version <= f.d.Version || at.IsZero() || handling.Now(ctx).Sub(at) >= newerFor {
		return nil
	}
	return errors.Join(fmt.Errorf("dialog: %s: the run is of version %d, and this program knows %d; waiting for a newer program",
		f.d.Name, f.rec.Version, f.d.Version), handling.RetryElsewhere())
}

// begin reads the state of the run, and how long it waits. lost reports that it has ended the run: its state
// cannot be read.
func (f *flow[S]) begin(ctx context.Context) (lost bool, err error) {
	if err := f.leaveToNewer(ctx); err != nil {
		return false, err
	}
	if err := f.restore(); err != nil {
		var none S
		f.state = none
		return true, f.end(ctx, Lost)
	}
	if n, known := f.open(); known {
		f.wait = f.d.timeout(n)
	}
	return false, nil
}

// do does what the rules say.
func (f *flow[S]) do(ctx context.Context, r ruling, a act) error {
	switch r {
	case answers:
		return f.answer(ctx, a, true)
	case corrects:
		return f.correct(ctx, a)
	case reminds:
		return f.remind(ctx)
	case refers:
		if err := f.run().Say(ctx, f.words.Closed); err != nil {
			return err
		}
		return f.remind(ctx)
	case loses:
		return f.end(ctx, Lost)
	case returns:
		return f.goOn(ctx)
	case interrupts:
		return f.interrupt(ctx, a)
	case goesOn:
		return f.enter(ctx)
	case timesOut:
		return f.timeOut(ctx)
	case stops:
		return f.end(ctx, Stopped)
	case delivered:
		return f.deliver(ctx)
	case passes, reasks, switches, closed, ignores:
	}
	return handling.Skip
}
