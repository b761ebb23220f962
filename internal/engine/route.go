package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/replier"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// errSenderSkips is what a route fails with whose sender asks to skip.
var errSenderSkips = errors.New("a sender returned handling.Skip, which is for handlers; a sender with nothing to say returns no messages")

// routeEnd is how a route came to its end.
type routeEnd struct {
	asked routes.Verdict // the zero value if it failed before it could say
	err   error
	// superseded reports that it has failed since a newer message has made its work obsolete.
	superseded bool
}

// limit is the time of the turn: Config.TurnTimeout, and if a route has more time than that, the time of each route.
func (t *turn) limit() time.Duration {
	turn := t.w.e.cfg.TurnTimeout
	t.longer = t.policy.Longer(t.ev, turn)
	return turn + t.longer
}

// runRoute runs a route, within its timeout if it has one. In a turn with routes that may take longer than
// turns do, each of the others has the time of a turn, so that none uses up the time of those.
func (t *turn) runRoute(ctx context.Context, step routes.Step, out *outlet) routeEnd {
	switch {
	case step.Timeout <= 0 && t.longer > 0:
		step.Timeout = t.w.e.cfg.TurnTimeout
	case step.Timeout <= 0 && !step.CancelOnNewer:
		return t.runGuarded(ctx, step, out)
	}
	return t.runLimited(ctx, step, out)
}

func (t *turn) runLimited(ctx context.Context, step routes.Step, out *outlet) routeEnd {
	ctx, stop := t.watchNewer(ctx, step)
	defer stop(nil)
	limited := ctx
	if step.Timeout > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeoutCause(ctx, step.Timeout, &routing.TimeoutError{Route: step.Name, Limit: step.Timeout})
		defer cancel()
	}
	end, err := run(limited, t.w.e.guard, code{name: "a handler", log: t.w.log, about: []any{"route", step.Name, "event", t.ev.Key}},
		func(ctx context.Context) (routeEnd, error) { return t.runGuarded(ctx, step, out), nil })
	if err != nil {
		end.err = err
	}
	if limited.Err() != nil && ctx.Err() == nil && meaningOfResult(end.err) == resultFailed {
		end.err = &routing.TimeoutError{Route: step.Name, Limit: step.Timeout, Err: end.err}
	}
	end.superseded = superseded(ctx, step, end.err)
	return end
}

func (t *turn) runGuarded(ctx context.Context, step routes.Step, out *outlet) (end routeEnd) {
	end.err = recovered(t.w.log, "a handler", func() error { return t.runStep(ctx, step, out, &end.asked) }, t.about...)
	return end
}

// runStep asks the condition and the handler, lets it act, and then lets the senders
// answer.
func (t *turn) runStep(ctx context.Context, step routes.Step, out *outlet, asked *routes.Verdict) error {
	ev := t.plan.Event(step)
	if step.Resumes {
		return t.resume(ctx, step, ev, out)
	}
	if *asked = step.Ask(ctx, ev); !asked.Yes {
		return handling.Skip
	}
	if ctx.Err() != nil { // while they were asked: it may be too late for any effect
		return ctx.Err()
	}
	if step.CancelOnNewer && !watchesItself(step) {
		turnctx.CancelOnNewer(ctx)
	}
	if out.silence != nil {
		ctx = turnctx.WithMuted(ctx)
	}
	reply := replier.New(ev, out).(*sending.Replier) //nolint:forcetypeassert // it is one
	for name, value := range step.Values(ctx, ev) {
		reply.Set(name, value)
	}
	if err := step.Handler.Handle(ctx, ev, reply); err != nil {
		return err
	}
	if len(step.Senders) == 0 || out.silence != nil || step.Silent(ev, t.own) || out.ended() {
		return nil
	}
	err := reply.Send(ctx, step.Senders...)
	if errors.Is(err, handling.Skip) { // which would drop what the handler wrote
		return handling.Permanent(fmt.Errorf("%w: %s", errSenderSkips, err)) //nolint:errorlint // it must not match Skip
	}
	return err
}

// resume runs the second part of a dialog's route.
func (t *turn) resume(ctx context.Context, step routes.Step, ev *receiving.Event, out *outlet) error {
	t.mu.Lock()
	after, resumes := t.runner.Resumption(step)
	t.mu.Unlock()
	dialog, ok := step.Handler.(handling.DialogHandler)
	if !ok || !resumes || after.Failed == nil && step.When != nil && step.Failing(ctx, step.When, ev) != nil {
		return handling.Skip // what has failed is not asked again: it may be the condition
	}
	return dialog.Resume(ctx, ev, replier.New(ev, out).(*sending.Replier), after) //nolint:forcetypeassert // it is one
}
