package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// OnceKeeper is the capability of a store by which replicas do work once between them; see [Once].
type OnceKeeper interface {
	// StartOnce asks for the lease on the work of a name, for that long. It is denied if the work of that version was the last to be
	// done, or while another holds the lease.
	StartOnce(ctx context.Context, name, version string, lease time.Duration) (OnceState, error)
	// EndOnce ends a lease. With done it records the version as the one that was done last; otherwise the next replica may
	// try. It returns [ErrFenced] if the lease has ended and another has been given since.
	EndOnce(ctx context.Context, name, version string, token int64, done bool) error
}

// OnceState answers [OnceKeeper.StartOnce].
type OnceState struct {
	// Token identifies the lease that was given; 0 if none was.
	Token int64
	// Done reports that the work of that version is done.
	Done bool
	// Busy is how long the lease of another lasts; 0 if there is none.
	Busy time.Duration
}

// oncePoll is the longest pause before a replica asks again whether another has done the work.
const oncePoll = time.Second

// Once does work once across the replicas that share a store: it calls run unless the work of that name was last done with the
// same version, here or elsewhere. The version is what the work depends on, such as a hash of the settings that it installs; the work
// of another version is done again, and so is the work of a version that was done before another.
//
// While another replica does the work, Once waits for its end. It reports whether it has called run itself, with no error if the work
// is done, by whomever. If run fails, Once returns its error, and the next caller tries again. The lease bounds run: its context ends
// when 80 % of the lease has passed. A process that dies while it does the work holds up the others until its lease ends, and the
// work may then be done twice: it must be idempotent.
//
// If the store lacks the capability [OnceKeeper], every call runs the work.
func Once(ctx context.Context, st Store, name, version string, lease time.Duration, run func(context.Context) error) (ran bool, err error) {
	keeper, ok := As[OnceKeeper](st)
	if !ok {
		return true, run(ctx)
	}
	for {
		state, err := keeper.StartOnce(ctx, name, version, lease)
		if err != nil || state.Done {
			return false, err
		}
		if state.Token != 0 {
			return true, runOnce(ctx, keeper, name, version, state.Token, lease, run)
		}
		timer := time.NewTimer(min(state.Busy, oncePoll))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false, fmt.Errorf("store: %q is being done by another replica: %w", name, ctx.Err())
		}
	}
}

func runOnce(
	ctx context.Context, keeper OnceKeeper, name, version string, token int64, lease time.Duration, run func(context.Context) error,
) (err error) {
	done := false
	defer func() { // also if run panics
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), lease/5)
		defer cancel()
		err = errors.Join(err, keeper.EndOnce(within, name, version, token, done))
	}()
	within, cancel := context.WithTimeout(ctx, lease*4/5)
	defer cancel()
	if err = run(within); err == nil {
		done = true
	}
	return err
}
