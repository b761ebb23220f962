package dialog

import (
	"context"
	"errors"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Resume asks the open question again after the event's own routes, pauses the dialog, or says
// that its Handle has failed.
func (d Dialog[S]) Resume(ctx context.Context, ev *receiving.Event, reply *sending.Replier, after handling.Resumption) error {
	return d.define().Resume(ctx, ev, reply, after)
}

func (d definition[S]) Resume(ctx context.Context, ev *receiving.Event, reply *sending.Replier, after handling.Resumption) error {
	a, s, err := d.read(ctx, ev)
	if err != nil {
		return err
	}
	if !s.mine || isPast(ctx, ev, s.run) || s.askedBy(ev) {
		return handling.Skip
	}
	f, ctx := d.newFlow(ctx, ev, reply, s.run)
	ruling := s.rule(a)
	if after.Failed == nil && ruling != switches && ruling != reasks && ruling != answers {
		return handling.Skip
	}
	lost, err := f.begin(ctx)
	switch {
	case err != nil:
		return err
	case lost:
		return nil
	case after.Failed != nil:
		err = f.failed(ctx, a, ruling, after)
	default:
		err = f.resume(ctx, ruling, a, after.Handled)
	}
	if err != nil {
		return err
	}
	return f.save(ctx)
}

func (f *flow[S]) resume(ctx context.Context, r ruling, a act, handled bool) error {
	switch {
	case r == switches && a.away:
		return f.pause(ctx)
	case r == switches, r == reasks && f.rec.Paused:
		return f.goOn(ctx)
	case r == reasks, handled:
		return f.remind(ctx)
	}
	return f.answer(ctx, a, false) // which refuses it
}

// failed says that what the dialog did with the event has failed for the last time: the event was its own, or it should have asked
// again after another route.
func (f *flow[S]) failed(ctx context.Context, a act, r ruling, after handling.Resumption) error {
	var ending *endError
	var done *doneError
	why := after.Failed
	if r == ignores || r == closed || !r.takes() && (!after.Resumed || r == passes || a.away) {
		return handling.Skip
	}
	n, known := f.open()
	if f.d.Failed != nil {
		next, err := f.d.Failed(ctx, f.run(), why)
		if err != nil || f.over {
			return err
		}
		next.free = true
		return f.proceed(ctx, n, next)
	}
	switch {
	case errors.As(why, &ending), r == timesOut, r == stops, r == loses, !known:
		if err := f.run().Say(ctx, f.words.Failed); err != nil {
			return err
		}
		return f.close(ctx)
	case n.kind != asks && errors.As(why, &done):
		return f.run().Say(ctx, f.words.Failed)
	case n.kind != asks:
		return handling.Skip // it waits as before, and the dead letter can be run again
	}
	if err := f.run().Say(ctx, f.words.Failed); err != nil {
		return err
	}
	_ = f.ask(ctx, n) // what it needs may be what has failed: the person is told at least, and the question stays open
	return nil
}
