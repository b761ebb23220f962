package dialog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Include makes the steps of another dialog steps of this one, on a part of its state. They
// are called "to.street" if the Include is called "to": in GoTo and %{to.street} of this
// dialog. The texts and functions of the included one call them by their own names.
//
// Its Done, if it has one, runs after its last step. Finish in one of its steps leads behind the last one, and to its
// Done. Quit ends the whole dialog. Its Name, Aliases, Version, Words, Timeout, Help, MaxTries,
// Ended, OnTimeout and Failed do not count: those of this dialog do.
type Include[S, T any] struct {
	// Name is the first part of the steps' names. Required.
	Name string
	// Aliases are what Name was before; see Question.Aliases.
	Aliases []string
	// Dialog is what is included.
	Dialog Dialog[T]
	// Field is the part of the state that it has. Required.
	Field func(s *S) *T
	// When leaves all its steps out if it returns false.
	When func(s S) bool
}

func (i Include[S, T]) nodes() []node[S] {
	if i.Field == nil {
		return []node[S]{{stop: stop{name: i.Name, kind: says}, faults: []error{errors.New("its Field is missing")}}}
	}
	var all []node[S]
	for _, inner := range i.Dialog.nodes() {
		all = append(all, i.outer(inner))
	}
	if len(all) == 0 {
		return []node[S]{{stop: stop{name: i.Name, kind: says}, faults: []error{errors.New("the included dialog has no steps")}}}
	}
	if err := checkName(i.Name); err != nil {
		all[0].faults = append(slices.Clone(all[0].faults), fmt.Errorf("the name %q of its Include %w", i.Name, err))
	}
	all[0].faults = append(slices.Clone(all[0].faults), aliasFaults(i.Aliases)...)
	for n, s := range i.Dialog.Steps {
		if s == nil {
			all[0].faults = append(slices.Clone(all[0].faults), fmt.Errorf("steps[%d] of the included dialog is nil", n))
		}
	}
	return append(all, node[S]{
		stop: stop{name: i.last(), aliases: i.outerAliases(stop{name: i.lastOf()}), kind: does, code: true},
		when: whenOf(i.When), group: []string{i.Name}, hidden: i.Dialog.Done == nil,
		do: func(ctx context.Context, r *Run[S]) (Next, error) {
			if i.Dialog.Done == nil {
				return Next{}, nil
			}
			return Next{}, i.Dialog.Done(ctx, i.inner(r))
		},
	})
}

// last is the name of the step behind those of the included dialog, which calls its Done.
func (i Include[S, T]) last() string { return i.Name + "." + i.lastOf() }

func (i Include[S, T]) lastOf() string {
	if i.Dialog.Done == nil {
		return endOfInclude
	}
	return "done"
}

// outerAliases are what a step of the included dialog was called in this one.
func (i Include[S, T]) outerAliases(s stop) []string {
	var all []string
	for p, prefix := range append([]string{i.Name}, i.Aliases...) {
		for n, name := range append([]string{s.name}, s.aliases...) {
			if p+n > 0 {
				all = append(all, prefix+"."+name)
			}
		}
	}
	return all
}

// outerNames are names of steps of the included dialog as this one calls them.
func (i Include[S, T]) outerNames(names []string) []string {
	var all []string
	for _, name := range names {
		switch name {
		case ToFinish:
			all = append(all, i.last())
		case ToQuit:
			all = append(all, ToQuit)
		default:
			all = append(all, i.Name+"."+name)
		}
	}
	return all
}

// endOfInclude is the last step of an included dialog without Done.
const endOfInclude = "(end)"

// inner is a run as the included dialog sees it.
func (i Include[S, T]) inner(r *Run[S]) *Run[T] {
	step, _ := cutName(r.Step, i.Name)
	return &Run[T]{
		State: i.Field(r.State), Event: r.Event, Reply: r.Reply, ID: r.ID, Step: step, Request: r.Request,
		Tries: r.Tries, Timeouts: r.Timeouts, fill: r.fill, words: r.words,
	}
}

// next is what follows a step of the included dialog.
func (i Include[S, T]) next(n Next, err error) (Next, error) {
	switch n.move {
	case jumps:
		n.step = i.Name + "." + n.step
	case finishes:
		n = Next{move: jumps, step: i.last()} // which the To has for ToFinish
	case onward, repeats, stays, quits, skips:
	}
	return n, err
}

// outer makes a step of the included dialog a step of this one.
func (i Include[S, T]) outer(n node[T]) node[S] {
	out := node[S]{
		stop: stop{
			name: i.Name + "." + n.name, aliases: i.outerAliases(n.stop), kind: n.kind, to: i.outerNames(n.to),
			depends: i.outerNames(n.depends), code: n.code,
		},
		timeout: n.timeout, text: n.text, faults: n.faults,
		values: slices.Concat(i.Dialog.Values, n.values),
		group:  append([]string{i.Name}, n.group...), optional: n.optional, coded: n.coded, pass: n.pass, takes: n.takes,
		hidden: n.hidden, contact: n.contact, busy: n.busy, goBack: n.goBack, ref: n.ref, answers: n.answers, app: n.app,
	}
	for _, c := range n.known {
		if c.Goto != "" {
			c.Goto = i.Name + "." + c.Goto
		}
		out.known = append(out.known, c)
	}
	if i.When != nil || n.when != nil {
		out.when = func(s *S) bool { return (i.When == nil || i.When(*s)) && n.applies(i.Field(s)) }
	}
	if n.prompt != nil {
		out.prompt = func(ctx context.Context, r *Run[S]) (sending.Sender, error) { return n.prompt(ctx, i.inner(r)) }
	}
	if n.choices != nil {
		out.choices = func(ctx context.Context, r *Run[S], partial json.RawMessage) ([]Choice, error) {
			return n.choices(ctx, i.inner(r), partial)
		}
		out.take = func(ctx context.Context, r *Run[S], in Input, partial json.RawMessage) (taken, error) {
			got, err := n.take(ctx, i.inner(r), in, partial)
			if next := got.next; next != nil {
				got.next = func() (Next, error) { return i.next(next()) }
			}
			return got, err
		}
		out.present = func(s *S) (json.RawMessage, error) { return n.present(i.Field(s)) }
		out.clear = func(s *S) { n.clear(i.Field(s)) }
		out.show = func(ctx context.Context, s *S) string { return n.show(ctx, i.Field(s)) }
	}
	if n.do != nil {
		out.do = func(ctx context.Context, r *Run[S]) (Next, error) { return i.next(n.do(ctx, i.inner(r))) }
	}
	if n.signal != nil {
		out.signal = func(ctx context.Context, r *Run[S], text string) (Next, error) {
			return i.next(n.signal(ctx, i.inner(r), text))
		}
	}
	return out
}

// relative returns a step's name as the dialog that it was written in calls it, in front of which
// are the names of the Includes.
func (n node[S]) relative(name string) (string, bool) {
	for _, g := range n.group {
		rest, ok := cutName(name, g)
		if !ok {
			return "", false
		}
		name = rest
	}
	return name, len(n.group) > 0
}

func cutName(name, first string) (rest string, ok bool) {
	if len(name) > len(first) && name[:len(first)] == first && name[len(first)] == '.' {
		return name[len(first)+1:], true
	}
	return name, false
}

// takesType reports whether a question takes a type of event that is no answer by default.
func (n node[S]) takesType(t receiving.Type) bool {
	return n.kind == asks && n.takes != nil && n.takes(t)
}

// goesTo reports whether the step's code may go to another.
func (n node[S]) goesTo(step string) bool { return slices.Contains(n.to, step) }
