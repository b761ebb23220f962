package dialog

import "context"

// done ends the run with its Done.
func (f *flow[S]) done(ctx context.Context) error {
	if err := f.close(ctx); err != nil {
		return err
	}
	if f.d.Done == nil {
		return nil
	}
	if err := f.d.Done(ctx, f.run()); err != nil {
		return &doneError{err}
	}
	return nil
}

// end ends the run without Done.
func (f *flow[S]) end(ctx context.Context, why Reason) error {
	if err := f.close(ctx); err != nil {
		return err
	}
	if f.d.Ended != nil {
		if err := f.d.Ended(ctx, f.run(), why); err != nil {
			return &endError{err}
		}
		return nil
	}
	switch why {
	case Cancelled:
		return f.run().Say(ctx, f.words.Cancelled)
	case TimedOut:
		return f.run().Say(ctx, f.words.TimedOut)
	case Lost:
		return f.run().Say(ctx, f.words.Lost)
	case Stuck:
		return f.run().Say(ctx, f.words.Stuck)
	case Replaced, NotReturned, Stopped, Failed:
	}
	return nil
}

func (f *flow[S]) close(ctx context.Context) error {
	f.over = true
	return drop(ctx)
}

// endError says that a run was ending when it failed.
type endError struct{ error }

func (e *endError) Unwrap() error { return e.error }

// doneError says that Done failed.
type doneError struct{ error }

func (e *doneError) Unwrap() error { return e.error }
