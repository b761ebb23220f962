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
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

var (
	errNoStep = errors.New("the current policy has none of the routes to replay")
	errNoTap  = errors.New("the routes to replay take the text only as a tap, and no quick reply of the newest messages or item of the menu has its title")
	// errNotStored is what a turn fails with whose outcome the store refuses.
	errNotStored   = errors.New("the store refused the outcome")
	errFatal       = errors.New("the process ended while it ran this event and no other; the event was not run again")
	errSenderSkips = errors.New("a sender returned handling.Skip, which is for handlers; a sender with nothing to say returns no messages")
)

// turn is the handling of one event, once.
type turn struct {
	w      *worker
	queued store.QueuedEvent
	policy *routes.Table // as it was when the turn began; nil if the page was removed
	ev     *receiving.Event
	own    bool          // an echo of the bot's own message
	age    time.Duration // of the event when the turn began, since it was stored
	traced bool          // the routes are logged, at debug level
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
	set      *store.WriteSet
	out      *outlet
	silence  *handling.Silence // why the bot does not answer
	called   bool              // the middleware has called for the routes
	inside   bool              // they run
	returned bool              // the middleware has returned
	failure  error             // of the turn as a whole
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
}

func newTurn(w *worker, queued store.QueuedEvent) *turn {
	return &turn{w: w, queued: queued, policy: w.e.cfg.Policy(w.lease.PageID), age: w.now().Sub(queued.ReceivedAt)}
}

// decodeFunc decodes the body of a stored event.
type decodeFunc func(body []byte) (*receiving.Event, []receiving.Problem, error)

// decode decodes the event. It returns false if there is nothing to run. An event
// that cannot be decoded fails permanently: it came from outside, so a fault in the
// decoder must not end the process.
func (t *turn) decode(stored decodeFunc) bool {
	var problems []receiving.Problem
	err := recovered(t.w.log, "the decoder of an event", func() (err error) {
		t.ev, problems, err = stored(t.queued.Body)
		if err == nil {
			err = setRaised(t.ev, t.queued.Event)
		}
		return err
	}, "event", t.queued.Key)
	if err != nil {
		t.fail(handling.Permanent(fmt.Errorf("stored event: %w", err)))
		return false
	}
	for _, p := range problems {
		t.w.log.Warn("a part of an event was left out", "event", t.ev.Key, "problem", p)
	}
	t.own = t.w.e.owns(t.ev)
	return true
}

func decodeStored(body []byte) (*receiving.Event, []receiving.Problem, error) {
	var envelope receiving.Envelope
	if err := envelope.UnmarshalBinary(body); err != nil {
		return nil, nil, err
	}
	ev, problems := envelope.Event()
	return ev, problems, nil
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

	about := code{name: "a handler", log: t.w.log, about: []any{"event", t.ev.Key}, limit: t.w.e.cfg.TurnTimeout}
	_, err := run(t.w.held.ctx, t.w.e.guard, about, func(ctx context.Context) (struct{}, error) {
		t.runWrapped(t.context(ctx))
		return struct{}{}, nil
	})
	if err != nil {
		t.abandon(err)
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
	})
	return Speak(ctx, cfg.Catalog, cfg.Texts, t.person)
}

// person returns what texts know of the person. An event without one, such as a
// comment, has its author's name.
func (t *turn) person() store.Person {
	p := t.state.Person()
	if t.ev.PSID != "" || p.Profile.Name != "" {
		return p
	}
	switch c := t.ev.Payload.(type) {
	case *receiving.FeedChange:
		if c.From != nil {
			p.Profile.Name = c.From.Name
		}
	case *receiving.Mention:
		if c.From != nil {
			p.Profile.Name = c.From.Name
		}
	case *receiving.GroupFeed:
		if c.From != nil {
			p.Profile.Name = c.From.Name
		}
	case *receiving.InstagramComment:
		if c.From != nil {
			p.Profile.Name = c.From.Username
		}
	}
	return p
}

// runWrapped runs the routes inside of the user's middleware.
func (t *turn) runWrapped(ctx context.Context) {
	ctx = context.WithValue(ctx, turnKey{}, t)
	// Middleware reads from the turn; what it queues would belong to no route.
	set := t.state.Begin("middleware")
	set.Discard()
	err := recovered(t.w.log, "a handler", func() error { return t.w.e.runTurn(set.Context(ctx), t.ev) }, "event", t.ev.Key)
	if t.middlewareReturned(); err != nil && !t.failed() {
		t.fail(fmt.Errorf("middleware: %w", err))
	}
	t.traceUntried()
}

func (t *turn) runRoutes(ctx context.Context) error {
	if !t.makePlan(ctx) {
		return t.err()
	}
	t.tracePlan()
	for i, step := range t.steps {
		if ctx.Err() != nil {
			t.failRest(i, context.Cause(ctx))
			break
		}
		if !t.w.held.safe() {
			break // nothing of this turn will take effect
		}
		set := t.state.Begin(step.Name)
		out := &outlet{turn: t, route: step.Name, answers: step.Answers(t.plan.Event(step), t.own)}
		if !step.DespiteSilence {
			out.silence = t.silence
		}
		switch t.begin(i, set, out) {
		case stepSkipped:
			set.Discard()
			t.tracePassed(step)
			continue
		case turnOver:
			return nil
		case stepBegun:
		}
		end := t.runRoute(set.Context(ctx), step, out)
		messages, cancels, refused := out.end()
		err, meaning := end.err, meaningOfResult(end.err)
		t.refuse(step.Name, refused, meaning, err)
		result := routeResult{name: step.Name, queuedAt: t.w.now()}
		switch meaning {
		case resultSkip:
			set.Discard()
			t.skip()
			t.traceRoute(step, end, meaning, nil, 0)
			continue
		case resultHandled, resultRefused:
			if result.sends, err = t.encode(step.Name, messages, result.queuedAt); err != nil {
				end.err, meaning = err, resultFailed
			}
		case resultFailed:
		}
		if result.err = err; err != nil {
			set.Discard()
		} else {
			result.writes, result.messages = append(set.End(), t.cancel(cancels)...), messages
			t.reply(messages)
		}
		t.traceRoute(step, end, meaning, messages, len(result.writes))
		if !t.end(result) {
			break
		}
		if err != nil && t.retryOf().again {
			break // nothing of this turn will take effect
		}
	}
	return t.err()
}

// makePlan finds the routes to try. It returns false, and fails the turn, if it was
// replayed for routes that no longer exist, or if it is unknown whether a typed text
// counts as a tap.
func (t *turn) makePlan(ctx context.Context) bool {
	plan, err := t.policy.Plan(ctx, t.ev)
	if err != nil {
		t.fail(err)
		return false
	}
	steps := plan.Steps
	if only := t.queued.Only; len(only) > 0 {
		steps = slices.DeleteFunc(slices.Clone(steps), func(s routes.Step) bool { return !slices.Contains(only, s.Name) })
		if len(steps) == 0 {
			reason := errNoStep
			if t.ev.Type == receiving.TypeSimpleText && takesTypedTaps(t.policy, only) {
				reason = errNoTap
			}
			t.fail(handling.Permanent(fmt.Errorf("%w: %q", reason, only)))
			return false
		}
	}
	silence, silent := handling.SilenceFrom(ctx)
	if silent && len(t.queued.Only) > 0 && slices.ContainsFunc(steps, func(s routes.Step) bool { return s.Silenced(t.ev) }) {
		t.fail(handling.Permanent(fmt.Errorf("not replayed: %s", silence)))
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if silent {
		t.silence = &silence
		t.runner.KeepSilent(t.ev, silence)
	}
	t.plan, t.steps = plan, steps
	return true
}
