package routing

import (
	"context"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Step is a route with its place in a policy. Its handler is never nil.
type Step struct {
	Route
	// Name is never empty here.
	Name string
	// Type is the policy's entry that the route is under.
	Type receiving.Type
	// Typed reports that the step is tried for a typed text that counts as a tap; see
	// [Plan.Event].
	Typed bool

	index int // in the entry
}

// Answers reports whether the step's handler and senders may answer the event; see
// [Step.Ways].
func (s Step) Answers(ev *receiving.Event, ownEcho bool) bool { return len(s.Ways(ev, ownEcho)) > 0 }

// Ways returns the ways in which the step's handler and senders may answer the
// event, the default one first; none if they may not. They are those of
// [sending.Ways]. A route under [receiving.TypeDefault], or TypeTap, may only answer acts of a
// person, by a message. Other events, and comments, posts and mentions, can only be
// answered by a route under their own type.
func (s Step) Ways(ev *receiving.Event, ownEcho bool) []sending.Way {
	ways := sending.Ways(ev, ownEcho)
	if len(ways) > 0 && s.Type != ev.Type && (ways[0] != sending.ByMessage || !ev.IsAct()) {
		return nil
	}
	return ways
}

// Ask asks the step's condition and then its handler whether the route is to handle
// the event. It panics if one of them does; the bot recovers that, and the route has
// failed.
func (s Step) Ask(ctx context.Context, ev *receiving.Event) Verdict {
	if s.When != nil {
		if failed := failing(ctx, s.When, ev); failed != nil {
			return Verdict{when: s.When, failed: failed, handler: s.Handler}
		}
	}
	return Verdict{when: s.When, handler: s.Handler, Yes: s.Handler.ShouldHandle(ctx, ev)}
}

// Values returns the values that the step's condition finds in an event that it
// matches, for the placeholders of the route's senders; nil if there are none.
func (s Step) Values(ctx context.Context, ev *receiving.Event) map[string]string {
	if s.When == nil {
		return nil
	}
	return valuesOf(ctx, s.When, ev)
}

// Runner decides which steps run, and records which ones have handled the event.
type Runner struct {
	handled entries
	final   bool

	silent  *receiving.Event // the event, if the bot does not answer it
	silence handling.Silence
}

// entries is a set of the entries that the steps of one event come from.
type entries uint8

const (
	ofDefault entries = 1 << iota
	ofOwnType
	ofTap
	ofTyped // with the tap's own type or with TAP
)

// entry returns the entry that a step comes from, and those whose routes an otherwise
// route there waits for.
func (s Step) entry() (own, waitsFor entries) {
	switch {
	case s.Typed:
		return ofTyped, ofTyped
	case s.Type == receiving.TypeDefault:
		return ofDefault, ofDefault
	case s.Type == receiving.TypeTap:
		return ofTap, ofOwnType | ofTap
	}
	return ofOwnType, ofOwnType
}

// Runs reports whether the step runs, given the steps before it.
func (r *Runner) Runs(s Step) bool {
	entry, waitsFor := s.entry()
	switch {
	case r.final, r.silences(s):
		return false
	case r.handled&ofTyped != 0 && entry == ofOwnType:
		return false // the text was a tap
	case s.Otherwise:
		return r.handled&waitsFor == 0
	}
	return true
}

// Handled records that the step has handled the event, or has failed.
func (r *Runner) Handled(s Step) {
	entry, _ := s.entry()
	r.handled |= entry
	r.final = r.final || s.Final
}
