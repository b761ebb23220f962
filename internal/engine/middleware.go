package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/stack"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

var (
	errRanAlready = errors.New("the turn has already run")
	errRanLate    = errors.New("next was called after the middleware had returned, or after the turn was over")
	errRanLonger  = errors.New("the middleware returned before next did")
	errOtherEvent = errors.New("next was called with another event; the routes handle the event of the turn")
	errNoContext  = errors.New("next was called with a context that is not made of the one that the middleware was given")
	errSentLate   = sending.Refuse(errors.New("sending: next was called after the attempt had ended"))
)

// wrapTurns puts the program's middleware around the routes of every turn. It is called
// once: middleware is the same for all turns.
func (e *Engine) wrapTurns(wraps []handling.Middleware) handling.TurnFunc {
	var run handling.TurnFunc = func(ctx context.Context, ev *receiving.Event) error {
		t, ok := ctx.Value(turnKey{}).(*turn)
		if !ok {
			e.cfg.Logger.Error("a middleware has lost a turn", "error", errNoContext)
			return handling.Permanent(errNoContext)
		}
		return t.runOnce(ctx, ev)
	}
	for _, wrap := range slices.Backward(wraps) {
		run = wrap(run)
	}
	return run
}

type turnKey struct{}

// runOnce runs the routes, once.
func (t *turn) runOnce(ctx context.Context, ev *receiving.Event) error {
	t.mu.Lock()
	var err error
	switch {
	case t.over || t.returned:
		err = errRanLate
	case t.called:
		err = errRanAlready
	case ev != t.ev:
		err = errOtherEvent
		t.failure = handling.Permanent(fmt.Errorf("middleware: %w", err)) // the middleware may ignore it
	default:
		t.called, t.inside = true, true
	}
	t.mu.Unlock()
	if err != nil {
		return err
	}
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.inside = false
	}()
	return t.runRoutes(ctx)
}

// middlewareReturned notes that the middleware has returned. Routes that still run have no effect.
func (t *turn) middlewareReturned() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.returned = true
	if t.inside && !t.over {
		t.over = true
		t.cutShort(fmt.Errorf("middleware: %w", errRanLonger))
	}
}

// wrapSends puts the program's middleware around every attempt to send, once.
func (e *Engine) wrapSends(wraps []sending.Middleware) sending.DeliverFunc {
	var run sending.DeliverFunc = func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
		a, ok := ctx.Value(requestKey{}).(*request)
		if !ok {
			return graph.SendResult{}, sending.Refuse(fmt.Errorf("sending: %w", errNoContext))
		}
		return a.make(ctx, d)
	}
	for _, wrap := range slices.Backward(wraps) {
		run = wrap(run)
	}
	return run
}

type requestKey struct{}

// request is the one that an attempt may make, however often its middleware asks for it.
type request struct {
	post sending.DeliverFunc

	mu     sync.Mutex
	over   bool          // the attempt has ended
	done   chan struct{} // closed when the request has ended; nil before it begins
	result graph.SendResult
	err    error
}

// make makes the request, or returns what came of it when it was made.
func (r *request) make(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
	r.mu.Lock()
	done := r.done
	first := done == nil && !r.over
	if first {
		r.done = make(chan struct{})
	}
	r.mu.Unlock()
	switch {
	case first:
		r.err = errGoexit // unless it returns
		defer close(r.done)
		r.result, r.err = r.post(ctx, d)
	case done == nil:
		return graph.SendResult{}, errSentLate
	default:
		<-done
	}
	return r.result, r.err
}

// end ends the attempt, and waits for the request if it was begun. It reports whether it
// was.
func (r *request) end() (begun bool) {
	r.mu.Lock()
	r.over = true
	done := r.done
	r.mu.Unlock()
	if done != nil {
		<-done
	}
	return done != nil
}

// errStuckSend is the error of an attempt whose middleware ignores the end of its context
// and has made no request.
var errStuckSend error = stuckError{}

type stuckError struct{}

func (stuckError) Error() string {
	return "sending: a middleware did not return after its context had ended"
}

func (stuckError) Retry() graph.Retry { return graph.RetrySafe }

// send makes one attempt, inside of the user's middleware.
func (e *Engine) send(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.SendTimeout)
	defer cancel()
	r := &request{post: e.post}
	ctx = context.WithValue(ctx, requestKey{}, r)
	type answer struct {
		result graph.SendResult
		err    error
	}
	// A goroutine of its own, so that a middleware that ends it ends nothing else.
	answered := make(chan answer, 1)
	go func() {
		stack.Grow()
		a := answer{err: errGoexit}
		defer func() { answered <- a }()
		a.err = guard(e.cfg.Logger, "a send's middleware", func() (err error) {
			a.result, err = e.runSend(ctx, d)
			return err
		}, "send", d.Key)
	}()
	var a answer
	select {
	case a = <-answered:
	case <-ctx.Done():
		select {
		case a = <-answered:
		case <-time.After(stuckAfter):
			a.err = errStuckSend
			if r.end() { // what came of the request is known
				a = answer{r.result, r.err}
			}
			e.cfg.Logger.Error("a send's middleware ignores its cancelled context; its result is discarded", "send", d.Key)
		}
	}
	r.end()
	return a.result, a.err
}
