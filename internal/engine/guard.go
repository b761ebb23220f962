package engine

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/djmessenger/messenger/graph"
)

// panicError is a panic of user code.
type panicError struct{ value any }

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// guard turns a panic into an error and logs its stack.
func (t *turn) guard(run func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value}
			t.w.log.Error("a handler panicked", "event", t.ev.Key, "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
		}
	}()
	return printable(run())
}

// printable returns the error, or another one in place of an error that panics
// when it is asked for its text, as a nil pointer in an error often does.
func printable(err error) (out error) {
	defer func() {
		if recover() != nil {
			out = fmt.Errorf("an error of type %T that has no text", err)
		}
	}()
	if err != nil {
		_ = err.Error()
		_ = errors.Is(err, errStuck)
		_ = graph.Classify(err)
	}
	return err
}
