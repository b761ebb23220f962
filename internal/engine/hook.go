package engine

import (
	"context"
	"errors"
	"log/slog"
)

// hook calls a function of the program that is told of something. What it does wrong
// is logged, and costs the conversation no more than hookTimeout and a moment. A function
// of which hooksStuck calls do not return is not called until one of them does.
func (e *Engine) hook(ctx context.Context, log *slog.Logger, name string, tell func(ctx context.Context)) {
	_, err := run(ctx, e.guard, code{name: name, log: log, limit: hookTimeout, most: hooksStuck},
		func(ctx context.Context) (struct{}, error) {
			tell(ctx)
			return struct{}{}, nil
		})
	if err == nil || isPanic(err) { // which is logged
		return
	}
	log.Error("a hook of the configuration failed", "hook", name, "error", err)
}

func isPanic(err error) bool {
	_, ok := errors.AsType[*panicError](err)
	return ok
}
