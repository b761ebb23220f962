package dialog

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
)

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
	return f.run().SayEnded(ctx, why)
}

// rememberedFor is how long a run that has ended is known, so that the act that ended it counts once.
const rememberedFor = 5 * time.Minute

func (f *flow[S]) close(ctx context.Context) error {
	f.over = true
	said := saidBy(f.ev)
	if said == "" {
		return drop(ctx)
	}
	if err := handling.CancelTimer(ctx, sessionName); err != nil {
		return err
	}
	ended := record{Ended: f.d.Name, Said: said, By: digest(f.ev.Key), At: f.at(ctx)}
	return store.KeepSession(ctx, sessionName, ended, rememberedFor)
}

// endError says that a run was ending when it failed.
type endError struct{ error }

func (e *endError) Unwrap() error { return e.error }

// doneError says that Done failed.
type doneError struct{ error }

func (e *doneError) Unwrap() error { return e.error }
