package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/djmessenger/messenger/graph"
)

// panicError is a panic of user code.
type panicError struct{ value any }

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// guard runs user code. It turns a panic into an error and logs its stack, and
// makes sure that an error can be printed. What names the code, and attrs what
// it was about.
func guard(log *slog.Logger, what string, run func() error, attrs ...any) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value}
			//nolint:sloglint // the message is a sentence with one of a few subjects, all in this package
			log.Error(what+" panicked", append(attrs, "panic", fmt.Sprint(value), "stack", string(debug.Stack()))...)
		}
		err = printable(err)
	}()
	return run()
}

// printable returns the error, or another one in place of an error that panics
// when it is asked for its text, as a nil pointer in an error often does.
func printable(err error) (out error) {
	defer func() {
		if recover() != nil {
			out = fmt.Errorf("error of type %T without text", err)
		}
	}()
	if err != nil {
		_ = err.Error()
		_ = errors.Is(err, errStuck)
		_ = graph.Classify(err)
	}
	return err
}
