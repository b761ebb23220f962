package routes

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Condition is a routing.Condition.
type Condition interface {
	Match(ctx context.Context, ev *receiving.Event) bool
	String() string
}

// Step is a route with its place in a policy. What has no comment is as in routing.Route.
type Step struct {
	// Name is never empty here.
	Name string
	// Type is the policy's entry that the route is under, and Index its index in it.
	Type  receiving.Type
	Index int
	// When may be nil; Failing returns the part of it that an event does not meet, or nil.
	When    Condition
	Failing func(ctx context.Context, when Condition, ev *receiving.Event) Condition
	// Handler is never nil in a [Table]: it is OnlyAnswers for a route without one.
	Handler        handling.Handler
	Senders        []sending.Sender
	Final          bool
	Otherwise      bool
	Timeout        time.Duration
	Typing         bool
	CancelOnNewer  bool
	Retry          handling.Retry
	DespiteSilence bool
	TypedTaps      bool
	Signals        bool
	// Typed reports that the step is tried for a typed text that counts as a tap; see
	// [Plan.Event].
	Typed bool
	// Taker reports that the step is tried for a signal because its handler is a
	// [handling.SignalTaker]: that alone is asked.
	Taker bool
	// Resumes reports that the step is the second part of a route under DIALOG, which runs
	// after the others: [handling.DialogHandler.Resume].
	Resumes bool
}

// OnlyAnswers is the handler of a route that has none.
type OnlyAnswers struct{}

var _ handling.Handler = OnlyAnswers{}

// ShouldHandle returns true: the route's condition decides.
func (OnlyAnswers) ShouldHandle(context.Context, *receiving.Event) bool { return true }

// Handle does nothing.
func (OnlyAnswers) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }

// Answers reports whether the step's handler and senders may answer the event; see
// [Step.Ways].
func (s Step) Answers(ev *receiving.Event, ownEcho bool) bool { return len(s.Ways(ev, ownEcho)) > 0 }

// Ways returns the ways in which the step's handler and senders may answer the
// event, the default one first; none if they may not. They are those of
// [sending.Ways]. A route under [receiving.TypeDefault], or TypeTap, may only answer acts of a
// person, by a message. Other events, and comments, posts and mentions, can only be
// answered by a route under their own type, a signal by the route that has raised it, too,
// and what has a person by a dialog.
func (s Step) Ways(ev *receiving.Event, ownEcho bool) []sending.Way {
	ways := sending.Ways(ev, ownEcho)
	switch {
	case len(ways) == 0, s.Type == ev.Type, s.Taker:
		return ways
	case ways[0] == sending.ByMessage && (ev.IsAct() || s.Type == receiving.TypeDialog):
		return ways
	}
	return nil
}

// Ask asks the step's condition and then its handler whether the route is to handle
// the event. It panics if one of them does; the bot recovers that, and the route has
// failed.
func (s Step) Ask(ctx context.Context, ev *receiving.Event) Verdict {
	if s.Taker {
		taker, ok := s.Handler.(handling.SignalTaker)
		return Verdict{handler: s.Handler, taker: true, Yes: ok && taker.TakesSignal(ev)}
	}
	if s.When != nil {
		if failed := s.Failing(ctx, s.When, ev); failed != nil {
			return Verdict{when: s.When, failed: failed, handler: s.Handler}
		}
	}
	return Verdict{when: s.When, handler: s.Handler, Yes: s.Handler.ShouldHandle(ctx, ev)}
}

// Values returns the values that the step's condition finds in an event that it
// matches, for the placeholders of the route's senders; nil if there are none.
func (s Step) Values(ctx context.Context, ev *receiving.Event) map[string]string {
	if v, ok := s.When.(interface {
		Values(ctx context.Context, ev *receiving.Event) map[string]string
	}); ok && !s.Taker {
		return v.Values(ctx, ev)
	}
	return nil
}

// Runner decides which steps run, and records which ones have handled the event.
type Runner struct {
	handled Entries
	final   bool

	silent  *receiving.Event // the event, if the bot does not answer it
	silence handling.Silence

	dialog dialogEnd
}

// Entries is a set of the entries that the steps of one event come from.
type Entries uint8

// The entries of a policy, as one event sees them.
const (
	OfDefault Entries = 1 << iota
	OfOwnType
	OfTap
	OfTyped // of typed taps: with the tap's own type or with TAP
	OfTaker // of signals that a handler has raised for itself
	OfDialog
)

// Entry returns the entry that a step comes from, and those whose routes an otherwise
// route there waits for.
func (s Step) Entry() (own, waitsFor Entries) {
	switch {
	case s.Typed:
		return OfTyped, OfTyped
	case s.Taker:
		return OfTaker, OfTaker
	case s.Type == receiving.TypeDefault:
		return OfDefault, OfDefault
	case s.Type == receiving.TypeDialog:
		return OfDialog, OfDialog
	case s.Type == receiving.TypeTap:
		return OfTap, OfOwnType | OfTap
	}
	return OfOwnType, OfOwnType
}

// Runs reports whether the step runs, given the steps before it.
func (r *Runner) Runs(s Step) bool {
	entry, waitsFor := s.Entry()
	switch {
	case s.Resumes:
		_, resumes := r.Resumption(s)
		return resumes
	case r.final, r.silences(s):
		return false
	case r.handled&OfTyped != 0 && entry == OfOwnType:
		return false // the text was a tap
	case r.handled&OfTaker != 0 && entry != OfDefault:
		return false // the signal was that of another route
	case s.Otherwise:
		return r.handled&waitsFor == 0
	}
	return true
}

// Handled records that the step has handled the event, or has failed.
func (r *Runner) Handled(s Step) {
	entry, _ := s.Entry()
	r.handled |= entry
	r.final = r.final || s.Final
	r.dialog.note(s)
}
