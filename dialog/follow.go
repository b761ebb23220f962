package dialog

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
)

// follow moves the run to where a step leads. It returns false if nothing is to be entered
// there: the run stays, or has ended.
func (f *flow[S]) follow(ctx context.Context, n node[S], next Next) (enter bool, err error) {
	switch next.move {
	case repeats:
		return true, nil
	case stays:
		return false, nil
	case finishes:
		if !next.free && !n.goesTo(ToFinish) {
			return false, f.fails("it returns Finish, and its To does not have ToFinish")
		}
		f.rec.position = f.rec.pass()
		return false, f.done(ctx)
	case quits:
		if !next.free && !n.goesTo(ToQuit) {
			return false, f.fails("it returns Quit, and its To does not have ToQuit")
		}
		return false, f.end(ctx, next.why)
	case jumps:
		next.step = f.d.all.current(next.step)
		i := f.d.all.index(next.step)
		switch {
		case i < 0:
			return false, f.fails("it goes to %q, and there is no such step", next.step)
		case !next.free && !n.goesTo(next.step):
			return false, f.fails("it goes to %q, which its To does not name", next.step)
		}
		to := f.rec.jump(f.d.all, next.step, f.applies)
		if to.Step != f.rec.Step && !to.passed(f.rec.Step) || slices.Contains(to.Return, f.rec.Step) {
			f.suspend()
		}
		f.move(to)
		if f.applies(i) {
			return true, nil
		}
	case onward:
		f.rec.position = f.rec.pass()
	case skips:
		f.rec.position = f.rec.skip()
	}
	to, ok := f.rec.after(f.d.all, f.rec.Step, f.applies)
	if !ok {
		return false, f.done(ctx)
	}
	f.move(to)
	return true, nil
}

// suspend keeps the value so far of the open step, to which the run returns.
func (f *flow[S]) suspend() {
	if len(f.rec.Partial) == 0 {
		return
	}
	parts := maps.Clone(f.rec.Parts)
	if parts == nil {
		parts = map[string]json.RawMessage{}
	}
	parts[f.rec.Step] = f.rec.Partial
	f.rec.Parts = parts
}

// move brings the run to a position, with the value so far of the step there. What a Wait has begun is obsolete when it is left.
func (f *flow[S]) move(to position) {
	if to.Step != f.rec.Step {
		f.rec.Request = ""
	}
	f.rec.position, f.rec.Partial = to, f.rec.Parts[to.Step]
	if f.rec.Partial != nil {
		f.rec.Parts = maps.Clone(f.rec.Parts)
		delete(f.rec.Parts, to.Step)
	}
}

// proceed follows a step, and enters what it leads to.
func (f *flow[S]) proceed(ctx context.Context, n node[S], next Next) error {
	enter, err := f.follow(ctx, n, next)
	if err != nil || !enter {
		return err
	}
	return f.enter(ctx)
}
