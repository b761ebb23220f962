package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
)

var (
	errNoStep = errors.New("the current policy has none of the routes to replay")
	errNoTap  = errors.New("the routes to replay take the text only as a tap, and no quick reply of the newest messages or item of the menu has its title")
)

// runRoutes runs the routes of the turn's plan, one after another, up to the first failure
// after which the event is retried. It returns why the turn has failed, or nil.
func (t *turn) runRoutes(ctx context.Context) error {
	if !t.makePlan(ctx) {
		return t.err()
	}
	t.tracePlan()
	return t.runSteps(ctx)
}

// runSteps runs the routes that were found, as runRoutes does.
func (t *turn) runSteps(ctx context.Context) error {
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
			if !step.Resumes {
				t.tracePassed(step)
			}
			continue
		case turnOver:
			return nil
		case stepBegun:
		}
		t.showTyping(step, out)
		end := t.runRoute(set.Context(ctx), step, out)
		messages, cancels, refused := out.end()
		if end.superseded {
			t.hideTyping(false)
			if !t.supersede(set, end.err, routeResult{name: step.Name, queuedAt: t.w.now()}) {
				break
			}
			continue
		}
		err, meaning := end.err, meaningOfResult(end.err)
		t.hideTyping((meaning == resultHandled || meaning == resultRefused) && goesNow(messages))
		t.refuse(step.Name, refused, meaning, err)
		result := routeResult{name: step.Name, queuedAt: t.w.now(), resumes: step.Resumes}
		switch meaning {
		case resultSkip:
			set.Discard()
			t.skip(step)
			if !step.Resumes {
				t.traceRoute(step, end, meaning, nil, 0)
			}
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
		if err != nil {
			t.lastFailure(step, err)
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
