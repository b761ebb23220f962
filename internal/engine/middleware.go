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
		r.err = &goexitError{"the HTTP client"} // unless it returns
		defer close(r.done)
		r.result, r.err = r.post(ctx, d)
	case done == nil:
		return graph.SendResult{}, errSentLate
	default:
		<-done
	}
	return r.result, r.err
}

// requestState is how far a request is when its attempt ends.
type requestState int

const (
	requestNotMade requestState = iota
	requestRuns
	requestEnded
)

// end ends the attempt, and waits for the request, if it was begun, for that long.
func (r *request) end(wait time.Duration) requestState {
	r.mu.Lock()
	r.over = true
	done := r.done
	r.mu.Unlock()
	if done == nil {
		return requestNotMade
	}
	select {
	case <-done:
		return requestEnded
	default:
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-done:
		return requestEnded
	case <-timer.C:
		return requestRuns
	}
}

// errStuckSend is the error of an attempt whose middleware ignores the end of its context
// and has made no request, errStuckRequest that of one whose HTTP client does.
var (
	errStuckSend    error = &stuckSendError{"sending: a middleware did not return after its context had ended", graph.RetrySafe}
	errStuckRequest error = &stuckSendError{"sending: the HTTP client did not return after its context had ended", graph.RetryUncertain}
)

type stuckSendError struct {
	text  string
	retry graph.Retry
}

func (e *stuckSendError) Error() string      { return e.text }
func (e *stuckSendError) Retry() graph.Retry { return e.retry }

// send makes one attempt, inside of the user's middleware.
func (e *Engine) send(ctx context.Context, d *sending.Delivery) (graph.SendResult, error) {
	if e.cfg.OwnSends {
		return e.sendOwn(ctx, d)
	}
	r := &request{post: e.post}
	about := code{name: "a send's middleware", about: []any{"send", d.Key}, limit: e.cfg.SendTimeout}
	result, err := run(ctx, e.guard, about, func(ctx context.Context) (graph.SendResult, error) {
		return e.runSend(context.WithValue(ctx, requestKey{}, r), *d)
	})
	stuck := errors.Is(err, errStuck)
	if !stuck && !errors.Is(err, errGoexit) && !isPanic(err) {
		r.end(e.cfg.SendTimeout + stuckAfter) // of one that outlives its middleware
		return result, err
	}
	switch r.end(stuckAfter) {
	case requestEnded: // what came of it is known, whatever the middleware did then
		return r.result, r.err
	case requestRuns:
		return graph.SendResult{}, errStuckRequest
	case requestNotMade:
	}
	if !stuck {
		return graph.SendResult{}, err
	}
	return graph.SendResult{}, errStuckSend
}

// sendOwn makes an attempt that runs no code of the program's and needs no [run]: net/http ends a request with its context.
func (e *Engine) sendOwn(ctx context.Context, d *sending.Delivery) (result graph.SendResult, err error) {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.SendTimeout)
	defer cancel()
	err = recovered(e.cfg.Logger, "a send", func() (err error) {
		result, err = e.post(ctx, *d)
		return err
	}, "send", d.Key)
	return result, err
}
