package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/stack"
)

// Guard runs code that is not the library's: handlers, senders, conditions, middleware,
// token sources, callbacks, HTTP clients and stores. All of it goes through [run], which
//
//   - turns a panic, and the end of the goroutine, into an error;
//   - ends the code's context when its time is up;
//   - abandons code that ignores the end of its context: the caller goes on at once, the
//     code is counted as stuck until it returns, and the log gets the stack where it hangs.
//
// Code that runs inside of other code that is guarded, in the same goroutine, needs only
// [recovered]: a handler without a timeout of its own inside of its turn, for example.
type Guard struct {
	log   *slog.Logger
	hurry chan struct{} // closed when nothing is waited for any more
	once  sync.Once

	mu    sync.Mutex
	stuck map[*running]struct{}
	left  int // goroutines that Run has left behind
	ever  int64
}

// NewGuard returns a guard that logs there.
func NewGuard(log *slog.Logger) *Guard {
	return &Guard{log: log, hurry: make(chan struct{}), stuck: map[*running]struct{}{}}
}

// code says what is run.
type code struct {
	// name is the subject of log lines and errors: "a handler".
	name string
	// about are the attributes of log lines.
	about []any
	// log is the guard's by default.
	log *slog.Logger
	// limit is how long the code may take. Zero leaves that to the caller's context.
	limit time.Duration
	// most is how many calls of that name may be stuck. While there are so many, the code
	// is not run. Zero is no limit.
	most int
}

// running is one call. It is the context of the code, too: the caller's, in which a nested
// call finds this one.
type running struct {
	context.Context //nolint:containedctx // it is a context itself

	guard *Guard
	code  code
	ends  <-chan struct{} // closed when the code's time is up
	done  chan struct{}
	phase atomic.Int32
	since time.Time // when it was abandoned
	// late is called when the code of an abandoned call has returned. The code sets it.
	late func()
}

const (
	phaseRuns int32 = iota
	phaseReturned
	phaseAbandoned
)

type runningKey struct{}

// Value implements [context.Context].
func (r *running) Value(key any) any {
	if key == (runningKey{}) {
		return r
	}
	return r.Context.Value(key)
}

// withResult is a call with its result, which may be read once it has returned.
type withResult[T any] struct {
	running
	value T
	err   error
}

// run calls do in a goroutine of its own, and returns what it returns. The error is a
// panicError, errGoexit or errStuck if it did not return; after errStuck the zero value is
// returned, and do may go on.
//
// The code may go on for stuckAfter when its context has ended. When the context of the code
// around it ends too, it may go on for half of that; code nested in that for a quarter. So of
// two that end at one time the inner one is found to be stuck, and the outer one returns.
func run[T any](ctx context.Context, g *Guard, about code, do func(ctx context.Context) (T, error)) (T, error) {
	if about.log == nil {
		about.log = g.log
	}
	var zero T
	if about.most > 0 && g.stuckBy(about.name) >= about.most {
		return zero, &stuckError{name: about.name, calls: about.most}
	}
	c := &withResult[T]{running: running{Context: ctx, guard: g, code: about, done: make(chan struct{})}}
	var inner context.Context = &c.running
	if about.limit > 0 {
		var cancel context.CancelFunc
		inner, cancel = context.WithTimeout(inner, about.limit)
		defer cancel()
	}
	c.ends = inner.Done()
	g.spawn(func() {
		returned := false
		defer func() {
			if !returned {
				c.err = &goexitError{about.name}
			}
			c.finish()
		}()
		c.err = c.enter(func() (err error) {
			c.value, err = do(inner)
			return err
		})
		returned = true
	})
	select {
	case <-c.done:
		return c.value, c.err
	case <-c.ends:
	}
	if !c.returnsLate() && c.abandon() {
		return zero, &stuckError{name: about.name}
	}
	<-c.done
	return c.value, c.err
}

// spawn starts a goroutine. It is the only place where code of others gets one.
func (g *Guard) spawn(f func()) {
	go func() {
		stack.Grow()
		f()
	}()
}

// enter runs the code. The pointer r is in the goroutine's trace while it runs, by which
// stackOf finds the goroutine; so it must not be inlined, and r must be used afterwards.
//
//go:noinline
func (r *running) enter(do func() error) error {
	err := recovered(r.code.log, r.code.name, do, r.code.about...)
	r.phase.Load()
	return err
}

// finish ends a call whose code has returned, or ended its goroutine.
func (r *running) finish() {
	if !r.phase.CompareAndSwap(phaseRuns, phaseReturned) {
		r.guard.mu.Lock()
		delete(r.guard.stuck, r)
		r.guard.mu.Unlock()
		r.code.log.Warn("code that was stuck has returned; its result is discarded",
			append([]any{"code", r.code.name, "after", time.Since(r.since).Round(time.Millisecond).String()}, r.code.about...)...)
		if r.late != nil {
			r.late()
		}
	}
	close(r.done)
}

// abandon gives the call up. It returns false if the code has returned.
func (r *running) abandon() bool {
	r.guard.mu.Lock()
	r.since = time.Now()
	if !r.phase.CompareAndSwap(phaseRuns, phaseAbandoned) {
		r.guard.mu.Unlock()
		return false
	}
	r.guard.stuck[r] = struct{}{}
	r.guard.ever++
	now := len(r.guard.stuck)
	r.guard.mu.Unlock()
	r.code.log.Error("code does not return after its context has ended; it was abandoned",
		append(append([]any{"code", r.code.name, "stuck", now}, r.code.about...), "stack", stackOf(r))...) // the longest one last
	return true
}

// returnsLate waits for code whose time is up, and reports whether it returns before it is stuck.
func (r *running) returnsLate() bool {
	until := time.Now().Add(stuckAfter)
	patience := time.NewTimer(stuckAfter)
	defer patience.Stop()
	var outerEnds <-chan struct{}
	if outer := r.outer(); outer != nil {
		outerEnds = outer.ends
	}
	for {
		select {
		case <-r.done:
			return true
		case <-outerEnds:
			outerEnds = nil
			patience.Reset(min(time.Until(until), stuckAfter>>r.depth()))
		case <-patience.C:
			return false
		case <-r.guard.hurry:
			return false
		}
	}
}

// outer is the guarded call that this one is inside of, or nil.
func (r *running) outer() *running {
	outer, _ := r.Context.Value(runningKey{}).(*running)
	return outer
}

// depth is how many guarded calls this one is inside of.
func (r *running) depth() (n int) {
	for outer := r.outer(); outer != nil; outer = outer.outer() {
		n++
	}
	return n
}

// whenLate has f called, in the goroutine of the code, if the call of this context has been
// abandoned when the code returns.
func whenLate(ctx context.Context, f func()) {
	if r, ok := ctx.Value(runningKey{}).(*running); ok {
		r.late = f
	}
}

// Hurry abandons what has not returned after its context has ended, and from now on
// without patience.
func (g *Guard) Hurry() { g.once.Do(func() { close(g.hurry) }) }

// Stuck returns how many calls have not returned though they were abandoned, and how many
// were ever abandoned.
func (g *Guard) Stuck() (now int, ever int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.stuck) + g.left, g.ever
}

// leave counts goroutines that Run leaves behind.
func (g *Guard) leave(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left += n
	g.ever += int64(n)
}

func (g *Guard) stuckBy(name string) (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for r := range g.stuck {
		if r.code.name == name {
			n++
		}
	}
	return n
}

// Call runs code as the engine does, for at most that long.
func Call[T any](ctx context.Context, g *Guard, name string, limit time.Duration, do func(ctx context.Context) (T, error)) (T, error) {
	return run(ctx, g, code{name: name, limit: limit}, do)
}

// call runs code that returns nothing but an error.
func (g *Guard) call(ctx context.Context, name string, limit time.Duration, do func(ctx context.Context) error) error {
	_, err := run(ctx, g, code{name: name, limit: limit}, func(ctx context.Context) (struct{}, error) { return struct{}{}, do(ctx) })
	return err
}

// panicError is a panic of code that is not the library's.
type panicError struct{ value any }

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

var (
	errGoexit = errors.New("it ended its goroutine")
	errStuck  = errors.New("it does not return")
)

// goexitError is the error of code that ended its goroutine, as the Fatal methods of
// package testing do. It matches errGoexit.
type goexitError struct{ name string }

func (e *goexitError) Error() string        { return e.name + " ended its goroutine with runtime.Goexit" }
func (e *goexitError) Is(target error) bool { return target == errGoexit }

// stuckError is the error of code that was abandoned, or that is not run because so many
// calls of it are stuck. It matches errStuck.
type stuckError struct {
	name  string
	calls int
}

func (e *stuckError) Error() string {
	if e.calls > 0 {
		return fmt.Sprintf("%s is not called while %d of its calls do not return", e.name, e.calls)
	}
	return e.name + " did not return after its context had ended"
}

func (e *stuckError) Is(target error) bool { return target == errStuck }

// recovered calls do. It turns a panic into an error and logs its stack, and makes sure
// that an error can be printed. What names the code, and attrs what it was about.
func recovered(log *slog.Logger, what string, do func() error, attrs ...any) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value}
			//nolint:sloglint // the message is a sentence with one of a few subjects, all in this package
			log.Error(what+" panicked", append(attrs, "panic", fmt.Sprint(value), "stack", string(debug.Stack()))...)
		}
		err = printable(err)
	}()
	return do()
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
