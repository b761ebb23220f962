package dialog

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// doneKey is the key of the chip that ends a choice of several. It is no JSON, so no value
// has it.
const doneKey = "done"

// SomeOf asks for any number of values, none included. Each tap adds one and asks for more
// (Words.More) with what is left; the chip with the title done, a message id, ends it. All are
// complete without it. A text may name several, with commas between them. The values must differ, and the
// options lead to no step: their Goto must be empty.
func SomeOf[T any](done string, options ...Option[T]) Answer[[]T] {
	return someOf[T]{done, options}
}

type someOf[T any] struct {
	done    string
	options []Option[T]
}

func (someOf[T]) several() {}

func (a someOf[T]) Choices(_ context.Context, now []T) ([]Choice, error) {
	all, err := choicesOf(a.options)
	if err != nil {
		return nil, err
	}
	taken := a.keys(now)
	left := slices.DeleteFunc(all, func(c Choice) bool { return slices.Contains(taken, c.Key) })
	return append(left, Choice{Key: doneKey, Title: a.done, always: true}), nil
}

// keys are those of values.
func (someOf[T]) keys(values []T) []string {
	var keys []string
	for _, v := range values {
		if c, err := (Option[T]{Value: v}).choice(); err == nil {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

func (a someOf[T]) Take(ctx context.Context, in Input, into *[]T) (bool, error) {
	choices, err := a.Choices(ctx, *into)
	if err != nil {
		return false, err
	}
	named := []string{in.Choice}
	if in.Choice == "" {
		if named = a.named(ctx, choices, in); named == nil {
			return false, refuseOneOf(ctx, choices)
		}
	}
	values := slices.Clone(*into)
	taken, done := a.keys(values), false
	for _, key := range named {
		i := slices.IndexFunc(a.options, func(o Option[T]) bool { c, err := o.choice(); return err == nil && c.Key == key })
		switch {
		case key == doneKey:
			done = true
		case i < 0:
			return false, refuseOneOf(ctx, choices) // an option that no longer exists
		case !slices.Contains(taken, key):
			values, taken = append(values, a.options[i].Value), append(taken, key)
		}
	}
	*into = values
	return !done && len(taken) < len(a.options), nil
}

// named returns the choices that a text lists, or nil if one of its parts is none.
func (a someOf[T]) named(ctx context.Context, choices []Choice, in Input) []string {
	var keys []string
	for part := range strings.FieldsFuncSeq(in.Event.Text(), func(r rune) bool { return strings.ContainsRune(",;+&\n、，", r) }) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		key, ok := choiceOf(ctx, choices, part)
		if !ok {
			return nil
		}
		keys = append(keys, key)
	}
	return keys
}

func (a someOf[T]) Show(ctx context.Context, v []T) string {
	titles := make([]string, len(v))
	for i := range v {
		titles[i] = titleOf(ctx, a.options, v[i])
	}
	return strings.Join(titles, ", ")
}

func (a someOf[T]) Validate() error {
	errs := []error{validateOptions(a.options, []string{a.done})}
	if a.done == "" {
		errs = append(errs, errors.New("the chip that ends the choice has no title"))
	}
	for _, o := range a.options {
		if o.Goto != "" {
			errs = append(errs, errors.New("an option of several leads to no step; use Then"))
			break
		}
	}
	return errors.Join(errs...)
}
