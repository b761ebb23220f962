package dialog

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving/payload"
)

// Wait goes on when a signal of a kind comes: a payment, another system's answer. What the
// person writes meanwhile gets Busy, or goes to the routes of its own type if that is empty;
// cancel and help work as at a question.
type Wait[S, T any] struct {
	// Name is the name of the step. Required.
	Name string
	// Text is what is said when the waiting begins, a message id; nothing if it is empty.
	Text string
	// Busy answers what the person says meanwhile, a message id.
	Busy string
	// Kind is the kind of the signal's payload; see messenger.Bot.Signal. Required.
	Kind payload.Kind[T]
	// Begin starts the work in the other system, by r.Event.Key: it may run again after a
	// failure. A signal that comes before this turn has committed waits for it. Default: the
	// work runs already.
	Begin func(ctx context.Context, r *Run[S]) error
	// Then gets the signal's value, and keeps what is needed of it in the state. It returns
	// [Stay] for a signal that belongs to something else. Default: the next step.
	Then func(ctx context.Context, r *Run[S], v T) (Next, error)
	// To are the steps that Then may [GoTo].
	To []string
	// When leaves the step out if it returns false.
	When func(s S) bool
	// Timeout is how long to wait, as that of a Question.
	Timeout time.Duration
}

func (w Wait[S, T]) nodes() []node[S] {
	n := node[S]{
		stop: stop{name: w.Name, kind: waits, to: slices.Clone(w.To)}, timeout: w.Timeout, when: whenOf(w.When),
		text: w.Text, busy: w.Busy, ref: w.Kind.Ref(),
		do: func(ctx context.Context, r *Run[S]) (Next, error) {
			if w.Begin == nil {
				return Next{}, nil
			}
			return Next{}, w.Begin(ctx, r)
		},
		signal: w.signal,
	}
	if w.Kind.Ref().IsZero() {
		n.faults = append(n.faults, errors.New("its Kind is missing; make one with payload.New"))
	}
	n.faults = append(n.faults, toFaults(w.To, w.Then != nil)...)
	return []node[S]{n}
}

func (w Wait[S, T]) signal(ctx context.Context, r *Run[S], text string) (Next, error) {
	v, err := w.Kind.Decode(text)
	if err != nil {
		return Next{}, handling.Permanent(err)
	}
	if w.Then == nil {
		return Next{}, nil
	}
	return w.Then(ctx, r, v)
}
