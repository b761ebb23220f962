package dialog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/djmessenger/messenger/internal/joined"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Question asks for a T. A generic alias keeps the literals short:
//
//	type ask[T any] = dialog.Question[Order, T]
type Question[S, T any] struct {
	// Name is the name of the step, and of its answer in texts: %{size}. It is stored, and is what
	// Dialog.Name may be. Required.
	Name string
	// Aliases are what the step was called before, with the limits of Name. People who are at the step, or past it, keep
	// their place and their answer, and chips that were sent under an alias work. Texts, catalogues, DependsOn, To and
	// [GoTo] may go on to name the step by an alias.
	Aliases []string
	// Text is what is asked, a message id. %{step} is the answer of that step as it is shown;
	// %{first_name} and the like are those of the person. Required without Prompt.
	Text string
	// Prompt asks by a sender instead, such as a card. The chips go below its last message.
	// It may run again whenever the question is asked again.
	Prompt func(ctx context.Context, r *Run[S]) (sending.Sender, error)
	// Answer reads what the person says. Required.
	Answer Answer[T]
	// Field is where the value is kept in the state. It is set only when the answer is
	// accepted. Required.
	Field func(s *S) *T
	// Check is asked about a value that the Answer has read. A [RefusalError] asks again; another
	// error fails the turn. Default: every value is accepted.
	Check func(ctx context.Context, r *Run[S], v T) error
	// Then decides where to go, once the value is kept. Default: by the option that was
	// chosen, or else the next step.
	Then func(ctx context.Context, r *Run[S], v T) (Next, error)
	// To are the steps that Then may [GoTo], and [ToFinish] and [ToQuit] if it may do that: they are validated
	// and drawn. Anything else fails the turn without a retry.
	To []string
	// When leaves the step out if it returns false. Default: it is never left out.
	When func(s S) bool
	// DependsOn are the steps that the answer to this question depends on: if the person gives another answer to one of
	// them later, this question is asked again. The steps that Text shows, as %{step}, count without being named, and
	// all steps if there is a Prompt. If Text is a message id in the bot's catalogue, it shows what its text in any language
	// shows or chooses by. A key, such as "order.summary", that no catalogue has counts as one that shows every answer.
	DependsOn []string
	// Optional lets the person skip the question, by Words.Skip and by a chip. The field gets its
	// zero value then, and texts show no answer.
	Optional bool
	// Pass gives what is refused to the routes of the event's own type first. If one of them
	// handles it, the question is asked again after it; else it is refused.
	Pass bool
	// Timeout is that of this question. Default: that of the dialog; negative means none.
	Timeout time.Duration
}

func (q Question[S, T]) nodes() []node[S] {
	n := node[S]{
		stop: stop{
			name: q.Name, aliases: q.Aliases, kind: asks, to: slices.Clone(q.To),
			depends: slices.Clone(q.DependsOn), code: q.Prompt != nil,
		},
		timeout: q.Timeout, when: whenOf(q.When), text: q.Text, prompt: q.Prompt, optional: q.Optional, pass: q.Pass, faults: q.faults(),
		choices: q.choices, take: q.take, present: q.present, show: q.show, clear: q.clear,
	}
	if takes, ok := q.Answer.(interface{ Takes(t receiving.Type) bool }); ok {
		n.takes = takes.Takes
	}
	if c, ok := q.Answer.(interface{ sharesContact() sending.QuickReply }); ok {
		chip := c.sharesContact()
		n.contact = &chip
	}
	n.known, n.coded = q.known(), q.Then != nil
	for _, c := range n.known {
		if c.Goto != "" {
			n.to = append(n.to, c.Goto)
		}
	}
	return []node[S]{n}
}

// known are the choices of an Answer that knows them without a run.
func (q Question[S, T]) known() []Choice {
	switch a := q.Answer.(type) {
	case oneOf[T]:
		choices, _ := choicesOf(a.options) // Validate reports the error
		return choices
	case interface{ several() }:
		var none T
		choices, _ := q.Answer.Choices(context.Background(), none)
		return choices
	}
	return nil
}

func (q Question[S, T]) faults() []error {
	errs := textFaults(q.Text, q.Prompt != nil)
	if q.Answer == nil {
		errs = append(errs, errors.New("its Answer is missing"))
	}
	if q.Field == nil {
		errs = append(errs, errors.New("its Field is missing"))
	}
	errs = append(errs, aliasFaults(q.Aliases)...)
	errs = append(errs, toFaults(q.To, q.Then != nil)...)
	if q.Then != nil && slices.ContainsFunc(q.known(), func(c Choice) bool { return c.Goto != "" }) {
		errs = append(errs, errors.New("its Then decides where to go, so the To of an option has no effect; name the step in its own To"))
	}
	if v, ok := q.Answer.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			errs = append(errs, within("Answer", err)...)
		}
	}
	return errs
}

// value is the value so far of an answer that takes several acts.
func value[T any](partial json.RawMessage) (v T, err error) {
	if len(partial) > 0 {
		err = json.Unmarshal(partial, &v)
	}
	return v, err
}

func (q Question[S, T]) choices(ctx context.Context, _ *Run[S], partial json.RawMessage) ([]Choice, error) {
	now, err := value[T](partial)
	if err != nil {
		return nil, err
	}
	return q.Answer.Choices(ctx, now)
}

func (q Question[S, T]) take(ctx context.Context, r *Run[S], in Input, partial json.RawMessage) (taken, error) {
	v, err := value[T](partial)
	if err != nil {
		return taken{}, err
	}
	more, err := q.Answer.Take(ctx, in, &v)
	if err != nil {
		return taken{}, err
	}
	if more {
		data, err := json.Marshal(v)
		return taken{more: true, partial: data}, err
	}
	if q.Check != nil {
		if err := q.Check(ctx, r, v); err != nil {
			return taken{}, err
		}
	}
	*q.Field(r.State) = v
	return taken{next: func() (Next, error) { return q.next(ctx, r, in, v) }}, nil
}

// next is where the answer leads.
func (q Question[S, T]) next(ctx context.Context, r *Run[S], in Input, v T) (Next, error) {
	switch {
	case q.Then != nil:
		return q.Then(ctx, r, v)
	case in.Choice == "":
		return Next{}, nil
	}
	choices, err := q.Answer.Choices(ctx, v)
	for _, c := range choices {
		if c.Key == in.Choice && c.Goto != "" {
			return Next{move: jumps, step: c.Goto, free: true}, err
		}
	}
	return Next{}, err
}

// clear takes the answer out of the state.
func (q Question[S, T]) clear(s *S) {
	var none T
	*q.Field(s) = none
}

func (q Question[S, T]) present(s *S) (json.RawMessage, error) { return json.Marshal(*q.Field(s)) }

func (q Question[S, T]) show(ctx context.Context, s *S) string {
	return q.Answer.Show(ctx, *q.Field(s))
}

// within puts a field before each of the errors that err joins.
func within(field string, err error) []error {
	var errs []error
	for _, e := range joined.Errors(err) {
		errs = append(errs, fmt.Errorf("%s: %w", field, e))
	}
	if errs == nil {
		errs = []error{fmt.Errorf("%s: %w", field, err)}
	}
	return errs
}
