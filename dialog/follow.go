package dialog

import "context"

// follow moves the run to where a step leads. It returns false if nothing is to be entered
// there: the run stays, or has ended.
func (f *flow[S]) follow(ctx context.Context, n node[S], next Next) (enter bool, err error) {
	switch next.move {
	case repeats:
		return true, nil
	case stays:
		return false, nil
	case finishes:
		f.rec.position = f.rec.pass()
		return false, f.done(ctx)
	case quits:
		return false, f.end(ctx, next.why)
	case jumps:
		i := f.all.index(next.step)
		switch {
		case i < 0:
			return false, f.fails("it goes to %q, and there is no such step", next.step)
		case !next.free && !n.goesTo(next.step):
			return false, f.fails("it goes to %q, which its To does not name", next.step)
		}
		f.rec.position, f.rec.Partial = f.rec.jump(f.all, next.step), nil
		if f.applies(i) {
			return true, nil
		}
	case onward:
		f.rec.position, f.rec.Partial = f.rec.pass(), nil
	}
	to, ok := f.rec.after(f.all, f.rec.Step, f.applies)
	if !ok {
		return false, f.done(ctx)
	}
	f.rec.position = to
	return true, nil
}

// proceed follows a step, and enters what it leads to.
func (f *flow[S]) proceed(ctx context.Context, n node[S], next Next) error {
	enter, err := f.follow(ctx, n, next)
	if err != nil || !enter {
		return err
	}
	return f.enter(ctx)
}
