package engine

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

var errHookStuck = errors.New("it did not return after its context had ended")

// hook calls a function of the program that is told of something. What it does wrong
// (a panic, the end of its goroutine, blocking) is logged, and costs the conversation
// no more than hookTimeout and a second.
func hook(ctx context.Context, log *slog.Logger, name string, call func(ctx context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, hookTimeout)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		err := errGoexit
		defer func() { done <- err }()
		err = guard(log, name, func() error {
			call(ctx)
			return nil
		})
	}()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		select {
		case err = <-done:
		case <-time.After(stuckAfter):
			err = errHookStuck
		}
	}
	if errors.Is(err, errGoexit) || errors.Is(err, errHookStuck) { // guard logs the others
		log.Error("a hook of the configuration failed", "hook", name, "error", err)
	}
}
