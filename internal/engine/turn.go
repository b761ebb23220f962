package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

var (
	errGoexit = errors.New("the handler ended its goroutine with runtime.Goexit")
	errNoStep = errors.New("today's policy has none of the routes that are to run again")
	errStuck  = errors.New("the handler did not return after its context had ended")
	errDeadly = errors.New("each time that the event was handled the process ended, or the outcome could not be stored; it was not run again")
)

// turn is the handling of one event, once.
type turn struct {
	w      *worker
	queued store.QueuedEvent
	ev     *receiving.Event
	own    bool // an echo of the bot's own message
	state  *store.Turn

	mu       sync.Mutex
	over     bool           // nothing that still runs may have effects
	routes   []routeResult  // those that handled the event, or failed
	steps    []routing.Step // the routes to try
	at       int            // the one of them that is tried
	runner   routing.Runner
	current  string // the route that runs
	set      *store.WriteSet
	out      *outlet
	returned bool  // the turn's goroutine came to its end
	failure  error // of the turn as a whole
}

// routeResult is what one route came to.
type routeResult struct {
	name    string
	writes  []store.Write
	sends   []sending.Message
	cancels []string // keys of messages to take back
	err     error
}

func newTurn(w *worker, queued store.QueuedEvent) *turn {
	return &turn{w: w, queued: queued}
}

// decode decodes the event. It returns false if there is nothing to run.
func (t *turn) decode() bool {
	envelope, err := receiving.ParseEnvelope(t.queued.Body)
	if err != nil {
		t.fail(handling.Permanent(fmt.Errorf("stored event: %w", err)))
		return false
	}
	var problems []receiving.Problem
	t.ev, problems = envelope.Event()
	for _, p := range problems {
		t.w.log.Warn("a part of an event was left out", "event", t.ev.Key, "problem", p)
	}
	t.own = t.w.e.owns(t.ev)
	return true
}

// run runs the policy's routes. It returns false if the turn was cut short by
// shutdown or the loss of the lease: then nothing is known of the event.
func (t *turn) run() bool {
	person, ok := t.w.person()
	if !ok {
		return false
	}
	t.state = store.NewTurn(t.w.e.cfg.Store, person)

	ctx, cancel := context.WithTimeout(t.w.held.ctx, t.w.e.cfg.TurnTimeout)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer t.finish()
		t.runWrapped(t.context(ctx))
	}()
	select {
	case <-done:
	case <-ctx.Done():
		select {
		case <-done:
		case <-time.After(stuckAfter):
			t.abandon()
		}
	}
	// An error that is only the end of the lease is nobody's fault.
	return t.w.held.safe()
}

// person reads the conversation's person. While the store is away it tries
// again; it returns false when the lease is over.
func (w *worker) person() (store.Person, bool) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, poll) {
		p, err := w.e.cfg.Store.Person(w.held.ctx, w.lease.PageID, w.lease.PersonID)
		switch {
		case err == nil:
			return p, true
		case errors.Is(err, store.ErrNotFound):
			return store.Person{PageID: w.lease.PageID, PSID: w.lease.PersonID}, true
		}
		w.log.Error("cannot read from the store; trying again while the lease lasts", "error", err)
		select {
		case <-time.After(wait):
		case <-w.held.ctx.Done():
			return store.Person{}, false
		}
	}
}

// context returns what handlers and senders see.
func (t *turn) context(ctx context.Context) context.Context {
	cfg := t.w.e.cfg
	ctx = graph.With(ctx, cfg.Client)
	ctx = handling.WithProfiles(ctx, t.w.e.profiles)
	return Speak(ctx, cfg.Catalog, cfg.Texts, t.state.Person)
}

// Speak returns a context in which texts are in a person's language and find
// what is known of them, at the time of each use.
func Speak(ctx context.Context, catalog *i18n.Catalog, texts sending.Texts, person func() store.Person) context.Context {
	ctx = sending.WithTexts(ctx, texts)
	ctx = sending.WithLookup(ctx, func(name string) (string, bool) { return personValue(person(), name) })
	return i18n.WithFunc(ctx, func() *i18n.Localizer { return catalog.For(person().Profile.Locale) })
}

// personValue gives texts what is known of the person.
func personValue(p store.Person, name string) (string, bool) {
	switch name {
	case "first_name":
		return p.Profile.FirstName, true
	case "last_name":
		return p.Profile.LastName, true
	case "name":
		if p.Profile.Name != "" {
			return p.Profile.Name, true
		}
		return joinNames(p.Profile.FirstName, p.Profile.LastName), true
	case "thumb_ups":
		return fmt.Sprint(p.ThumbUps), true
	}
	return "", false
}

func joinNames(first, last string) string {
	if first == "" || last == "" {
		return first + last
	}
	return first + " " + last
}

// runWrapped runs the routes inside of the user's middleware.
func (t *turn) runWrapped(ctx context.Context) {
	var called atomic.Bool
	routes := func(ctx context.Context, _ *receiving.Event) error {
		if called.Swap(true) {
			return errors.New("the turn has been run already")
		}
		return t.runRoutes(ctx)
	}
	// Middleware reads from the turn; what it queues would belong to no route.
	set := t.state.Begin("middleware")
	set.Discard()
	err := t.guard(func() error { return t.w.e.runTurn(routes)(set.Context(ctx), t.ev) })
	if err != nil && (!called.Load() || !t.failed()) {
		t.fail(fmt.Errorf("middleware: %w", err))
	}
	t.mu.Lock()
	t.returned = true
	t.mu.Unlock()
}

// finish notes a turn whose goroutine ended before it returned: a handler has
// called runtime.Goexit, as the Fatal methods of package testing do.
func (t *turn) finish() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.returned || t.over {
		return
	}
	t.cutShort(errGoexit)
}

func (t *turn) runRoutes(ctx context.Context) error {
	if !t.plan() {
		return t.err()
	}
	for i, step := range t.steps {
		if ctx.Err() != nil {
			t.failRest(i, context.Cause(ctx))
			break
		}
		if !t.w.held.safe() {
			break // nothing of this turn will take effect
		}
		set := t.state.Begin(step.Name)
		out := &outlet{turn: t, answers: step.Answers(t.ev, t.own)}
		switch t.begin(i, set, out) {
		case stepSkipped:
			set.Discard()
			continue
		case turnOver:
			return nil
		case stepBegun:
		}
		err := t.guard(func() error { return t.runStep(set.Context(ctx), step, out) })
		result := routeResult{name: step.Name, err: err}
		result.sends, result.cancels = out.end()
		switch {
		case errors.Is(err, handling.Skip), errors.Is(err, sending.ErrNotAnswerable):
			set.Discard()
			t.skip()
			continue
		case err != nil:
			set.Discard()
			result.sends, result.cancels = nil, nil
		default:
			result.writes = set.End()
		}
		if !t.end(result) {
			break
		}
		if err != nil && t.willRetry() {
			break // nothing of this turn will take effect
		}
	}
	return t.err()
}

// plan finds the routes to try. It returns false, and fails the turn, if it was
// replayed for routes that are no more.
func (t *turn) plan() bool {
	steps := t.w.e.cfg.Policy(t.ev.PageID).Steps(t.ev)
	if only := t.queued.Only; len(only) > 0 {
		steps = slices.DeleteFunc(steps, func(s routing.Step) bool { return !slices.Contains(only, s.Name) })
		if len(steps) == 0 {
			t.fail(handling.Permanent(fmt.Errorf("%w: %q", errNoStep, only)))
			return false
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.steps = steps
	return true
}

// runStep asks the handler, lets it act, and then lets the senders answer.
func (t *turn) runStep(ctx context.Context, step routing.Step, out *outlet) error {
	if !step.Handler.ShouldHandle(ctx, t.ev) {
		return handling.Skip
	}
	reply := sending.NewReplier(t.ev, out)
	if err := step.Handler.Handle(ctx, t.ev, reply); err != nil {
		return err
	}
	if !out.answers {
		return nil
	}
	for _, sender := range step.Senders {
		if err := reply.Send(ctx, sender); err != nil {
			return err
		}
	}
	return nil
}

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

// begun says what became of a step.
type begun int

const (
	stepBegun   begun = iota
	stepSkipped       // by those before it
	turnOver
)

// begin notes the route that runs.
func (t *turn) begin(i int, set *store.WriteSet, out *outlet) begun {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.over:
		return turnOver
	case !t.runner.Runs(t.steps[i]):
		return stepSkipped
	}
	t.at, t.current, t.set, t.out = i, t.steps[i].Name, set, out
	return stepBegun
}

// skip notes that the route that ran had nothing to do.
func (t *turn) skip() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current = ""
}

// end keeps what a route came to. It returns false when the turn is over.
func (t *turn) end(result routeResult) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return false
	}
	t.current = ""
	t.runner.Handled(t.steps[t.at])
	t.routes = append(t.routes, result)
	return true
}

// failRest fails the routes from there on, which were not begun: on the last
// try they must be in the dead letter.
func (t *turn) failRest(from int, cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over {
		t.notBegun(from, cause)
	}
}

// notBegun notes the routes from there on as failed. t.mu must be held.
func (t *turn) notBegun(from int, cause error) {
	for _, s := range t.steps[from:] {
		if t.runner.Runs(s) {
			t.routes = append(t.routes, routeResult{name: s.Name, err: fmt.Errorf("not begun: %w", cause)})
		}
	}
}

// cutShort fails the route that runs, and those after it; or else the turn as a
// whole. t.mu must be held.
func (t *turn) cutShort(cause error) {
	if t.current == "" {
		t.failure = cause // a middleware, between or after the routes
		return
	}
	t.set.Discard()
	t.out.end()
	t.runner.Handled(t.steps[t.at])
	t.routes = append(t.routes, routeResult{name: t.current, err: cause})
	t.notBegun(t.at+1, cause)
}

// abandon ends the turn while a handler of it still runs. What that handler
// queues from now on is refused.
func (t *turn) abandon() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	t.cutShort(errStuck)
	t.w.log.Error("a handler ignores the end of its context; it goes on without effect",
		"route", t.current, "event", t.ev.Key)
}

// fail fails the turn as a whole.
func (t *turn) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failure = err
}

// failRoute fails one route after the fact.
func (t *turn) failRoute(name string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.routes {
		if t.routes[i].name == name {
			t.routes[i] = routeResult{name: name, err: err}
			return
		}
	}
	t.failure = err
}

// routeOf returns the route that queued a session last.
func (t *turn) routeOf(c *store.ConflictError) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range slices.Backward(t.routes) {
		for _, w := range r.writes {
			if s, ok := w.(store.SaveSession); ok && s.Name == c.Name && s.PSID == c.PSID && s.PageID == c.PageID {
				return r.name
			}
		}
	}
	return ""
}

func (t *turn) failed() bool { return t.err() != nil }

// err returns all failures.
func (t *turn) err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	errs := []error{t.failure}
	for _, r := range t.routes {
		if r.err != nil {
			errs = append(errs, fmt.Errorf("route %s: %w", r.name, r.err))
		}
	}
	return errors.Join(errs...)
}

// willRetry reports whether the event will be tried again as a whole.
func (t *turn) willRetry() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.queued.Attempts >= len(t.w.e.cfg.Pauses) {
		return false
	}
	if retryable(t.failure) {
		return true
	}
	return slices.ContainsFunc(t.routes, func(r routeResult) bool { return retryable(r.err) })
}

// retryable reports whether trying again may mend an error.
func retryable(err error) bool {
	var field *sending.FieldError
	return err != nil && !errors.Is(err, errDeadly) && !handling.IsPermanent(err) &&
		!errors.As(err, &field) && !errors.Is(err, graph.ErrOutsideWindow)
}

// outcome returns what to commit, and whether the event is to be tried again.
func (t *turn) outcome() (out store.Outcome, again bool) {
	again = t.willRetry()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	result := &store.EventResult{Seq: t.queued.Seq, Attempts: t.queued.Attempts, Retry: again}
	out = store.Outcome{Event: result}
	// A replayed event is an old act, which was recorded when it was new.
	if t.ev != nil && t.ev.Type.IsAct() && t.ev.PersonID != "" && len(t.queued.Only) == 0 {
		out.Writes = append(out.Writes, store.TouchPerson{PageID: t.ev.PageID, PSID: t.ev.PersonID, At: actedAt(t.queued)})
	}
	if again {
		return out, true
	}
	if t.failure != nil {
		result.Failures = []store.Failure{{Error: t.failure.Error()}}
		return out, false
	}
	for _, r := range t.routes {
		if r.err != nil {
			result.Failures = append(result.Failures, store.Failure{Route: r.name, Error: r.err.Error()})
			continue
		}
		out.Writes = append(out.Writes, r.writes...)
		for _, key := range r.cancels {
			out.Writes = append(out.Writes, store.CancelSend{
				Conversation: t.w.lease.Conversation, Key: NamedKey(t.w.lease.Conversation, key),
			})
		}
		for i, m := range r.sends {
			s, err := newSend(t, r.name, i, m)
			if err != nil {
				result.Failures = append(result.Failures, store.Failure{Route: r.name, Error: err.Error()})
				continue
			}
			out.Sends = append(out.Sends, s)
		}
	}
	return out, false
}

// actedAt is when the person acted. The platform repeats a callback for at most
// 36 hours; a time before that, or none, or one to come, is not true, and the
// act is taken to have happened when it arrived.
func actedAt(queued store.QueuedEvent) time.Time {
	age := queued.ReceivedAt.Sub(queued.Time)
	if queued.Time.IsZero() || age < 0 || age > repeatedFor {
		return queued.ReceivedAt
	}
	return queued.Time
}

// report logs and counts how the turn ended.
func (t *turn) report(again bool) {
	t.w.e.counts.turns.Add(1)
	err := t.err()
	switch {
	case err == nil:
	case again:
		t.w.e.counts.retried.Add(1)
		t.w.log.Warn("an event will be tried again", "event", t.queued.Key, "attempt", t.queued.Attempts+1, "error", err)
	default:
		t.w.e.counts.dead.Add(1)
		t.w.log.Error("an event became a dead letter", "event", t.queued.Key, "attempt", t.queued.Attempts+1, "error", err)
	}
}
