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
// person writes meanwhile gets Busy, or goes to the routes of its own type if that is empty.
// Cancel ends the dialog, help says Dialog.Help and nothing else, and a tap on a question changes nothing.
//
// What it has begun is obsolete when the run leaves it without an answer: by a [GoTo], or by Back. The run
// comes to it again, and Begin runs again, only behind a question that the person has answered since; and so if it was
// passed, and the person gives another answer to a question before it: if it has a Begin, or its Text shows that
// answer. See docs/dialogs.md.
type Wait[S, T any] struct {
	// Name is the name of the step. Required.
	Name string
	// Aliases are what the step was called before; see Question.Aliases.
	Aliases []string
	// Text is what is said when the waiting begins, a message id; nothing if it is empty.
	Text string
	// Busy answers what the person says meanwhile, a message id.
	Busy string
	// Kind is the kind of the signal's payload; see messenger.Bot.Signal. Required.
	Kind payload.Kind[T]
	// Begin starts the work in the other system, by r.Request: it may run again after a
	// failure, with the same one. A signal that comes before this turn has committed waits for it.
	// [Repeat], as a Next of Then or OnTimeout, begins again. Default: the work runs already.
	Begin func(ctx context.Context, r *Run[S]) error
	// Request returns the request that a signal answers: what the other system got as r.Request from Begin. The
	// answer to an obsolete request is not the dialog's then, and goes to the routes under SIGNAL, which can take back what was
	// done. Default: every signal of the Kind is an answer.
	Request func(v T) string
	// Back lets the person go back to the question before. Default: what has begun goes on, and only cancel stops the
	// waiting.
	Back bool
	// Then gets the signal's value, and keeps what is needed of it in the state. It returns
	// [Stay] for a signal that belongs to something else. Default: the next step.
	Then func(ctx context.Context, r *Run[S], v T) (Next, error)
	// To are the steps that Then may [GoTo], [ToFinish] and [ToQuit], as in a Question.
	To []string
	// When leaves the step out if it returns false.
	When func(s S) bool
	// Timeout is how long to wait. Default: that of the dialog, or [DefaultTimeout]; negative means none.
	Timeout time.Duration
}

func (w Wait[S, T]) nodes() []node[S] {
	n := node[S]{
		stop:    stop{name: w.Name, aliases: w.Aliases, kind: waits, to: slices.Clone(w.To), code: w.Begin != nil},
		timeout: w.Timeout, when: whenOf(w.When), text: w.Text, busy: w.Busy, ref: w.Kind.Ref(), goBack: w.Back, answers: w.answers,
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
	n.faults = append(n.faults, aliasFaults(w.Aliases)...)
	n.faults = append(n.faults, toFaults(w.To, w.Then != nil)...)
	return []node[S]{n}
}

// answers reports whether a signal answers a request. What cannot be read is left to Then.
func (w Wait[S, T]) answers(text, request string) bool {
	if w.Request == nil || request == "" {
		return true
	}
	v, err := w.Kind.Decode(text)
	return err != nil || w.Request(v) == request
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
