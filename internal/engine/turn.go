package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// turn is the handling of one event, once.
type turn struct {
	w      *worker
	queued store.QueuedEvent
	about  []any         // the event, for log lines
	policy *routes.Table // as it was when the turn began; nil if the page was removed
	ev     *receiving.Event
	own    bool          // an echo of the bot's own message
	age    time.Duration // of the event when the turn began, since it was stored
	traced bool          // the routes are logged, at debug level
	longer time.Duration // what routes with more time than a turn add to it
	state  *store.Turn
	seen   []store.Write // of others who write to the person

	mu       sync.Mutex
	over     bool            // nothing that still runs may have effects
	routes   []routeResult   // those that handled the event, or failed
	replied  map[string]bool // comments and posts that they reply to privately
	refused  []refusedReply  // replies of all routes that will not be sent
	plan     routes.Plan
	steps    []routes.Step // the routes to try, of the plan
	at       int           // the one of them that is tried
	runner   routes.Runner
	current  string // the route that runs
	typing   *typingMark
	set      *store.WriteSet
	out      *outlet
	silence  *handling.Silence // why the bot does not answer
	called   bool              // the middleware has called for the routes
	inside   bool              // they run
	returned bool              // the middleware has returned
	failure  error             // of the turn as a whole
	told     map[string]bool   // the routes under DIALOG whose second part has run
	telling  telling
	tells    bool // it is not the turn itself, but runs second parts for one that has failed
}

// routeResult is the result of one route.
type routeResult struct {
	name   string
	writes []store.Write
	sends  []store.Send
	// messages are what the sends were encoded from, at queuedAt.
	messages []sending.Message
	queuedAt time.Time
	err      error
	resumes  bool // it was the second part of a route under DIALOG
}

func newTurn(w *worker, queued store.QueuedEvent) *turn {
	return &turn{w: w, queued: queued, about: []any{"event", queued.Key}, policy: w.e.cfg.Policy(w.lease.PageID), age: w.now().Sub(queued.ReceivedAt)}
}

// run runs the policy's routes. It returns false if the turn was cut short by
// shutdown or the loss of the lease: then nothing is known of the event.
func (t *turn) run() bool {
	person, ok := t.w.person()
	if !ok || !t.identifyEcho() {
		return false
	}
	t.state = store.NewTurn(t.w.e.cfg.Store, person)
	t.see(t.w.held.ctx, person)
	t.traced = t.traces()
	if !t.w.held.safe() {
		return false // the reads took longer than the lease lasts
	}

	about := code{name: "a handler", log: t.w.log, about: t.about, limit: t.limit()}
	_, err := run(t.w.held.ctx, t.w.e.guard, about, func(ctx context.Context) (struct{}, error) {
		t.runWrapped(t.context(ctx))
		return struct{}{}, nil
	})
	if err != nil {
		t.abandon(err)
		t.hideTyping(false)
	}
	// An error that only reports the end of the lease is not a failure.
	return t.w.held.safe()
}

// context returns what handlers and senders see.
func (t *turn) context(ctx context.Context) context.Context {
	cfg := t.w.e.cfg
	ctx = graph.With(ctx, cfg.Client)
	ctx = turnctx.WithProfiles(ctx, t.w.e.profiles)
	ctx = turnctx.WithObject(ctx, string(t.ev.Object))
	ctx = routes.WithOffers(ctx, t.offers)
	ctx = handling.WithTurn(ctx, handling.Turn{
		Attempt: t.queued.Attempts + 1, At: t.happened(), Replayed: len(t.queued.Only) > 0, Progress: t.progress, Now: t.w.now,
		Dialogs: t.dialogs(),
	})
	return cfg.Voice.Speak(ctx, t.person, detected(t.ev))
}

// dialogs are those of the policy.
func (t *turn) dialogs() []handling.DialogHandler {
	if t.policy == nil {
		return nil
	}
	return t.policy.Dialogs()
}

// runWrapped runs the routes inside of the user's middleware.
func (t *turn) runWrapped(ctx context.Context) {
	ctx = context.WithValue(ctx, turnKey{}, t)
	// Middleware reads from the turn; what it queues would belong to no route.
	set := t.state.Begin("middleware")
	set.Discard()
	err := recovered(t.w.log, "a handler", func() error { return t.w.e.runTurn(set.Context(ctx), t.ev) }, t.about...)
	if t.middlewareReturned(); err != nil && !t.failed() {
		t.fail(fmt.Errorf("middleware: %w", err))
	}
	t.traceUntried()
}
