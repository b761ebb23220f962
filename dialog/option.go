package dialog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/i18n"
)

const refuseChoice = "Please tap or write one of these: %{choices}."

var (
	errNoTake    = errors.New("the function that reads the answer is nil")
	errNoOptions = errors.New("it has no options")
)

// Option is one of several values to choose from.
type Option[T any] struct {
	// Value is what is kept. The chip's key is its JSON, so that options may change their
	// order and titles while people are asked. It must be short, since a tap carries it, and
	// no two options of a question may have the same.
	Value T
	// Title is a message id. No two options of a question may have titles that are the same
	// apart from letter case, width, and punctuation at the ends. The platform shows 20 characters of a title:
	// Validate refuses a longer one, and a translation that is longer is cut at the end of a
	// character, with "…" behind it. Titles that are the same when cut get their numbers in front.
	Title string
	// Goto is the step that this option leads to; empty for the next one.
	Goto string
}

// Opt makes an option.
func Opt[T any](value T, title string) Option[T] { return Option[T]{Value: value, Title: title} }

// To returns a copy that leads to a step. A step that was answered before is corrected: it is
// asked, and then this question again.
func (o Option[T]) To(step string) Option[T] {
	o.Goto = step
	return o
}

func (o Option[T]) choice() (Choice, error) {
	key, err := json.Marshal(o.Value)
	if err != nil {
		return Choice{}, fmt.Errorf("option %q: %w", o.Title, err)
	}
	return Choice{Key: string(key), Title: o.Title, Goto: o.Goto}, nil
}

// OneOf asks for one of several values, which must differ. The person taps it or writes its title;
// of at most 12 that do not begin with digits, also its number in the list, counted from 1. More
// than [MaxChoices] come in pages.
func OneOf[T any](options ...Option[T]) Answer[T] {
	return oneOf[T]{options: options}
}

// OneOfFunc is [OneOf] of options that are found out at run time: when the question is asked,
// when it is answered, and when the answer is shown. The function must be quick, and safe for
// concurrent use. An answer that is no longer among the options is refused. The titles are
// looked up as message ids, and have no placeholders. Of options with the same value the first one
// counts; those with the same title get their numbers in front. That there are no options is an
// error, which fails the turn: leave the question out with When.
func OneOfFunc[T any](options func(ctx context.Context) ([]Option[T], error)) Answer[T] {
	return oneOf[T]{find: options}
}

type oneOf[T any] struct {
	options []Option[T]
	find    func(context.Context) ([]Option[T], error)
}

func (a oneOf[T]) all(ctx context.Context) ([]Option[T], error) {
	if a.find == nil {
		return a.options, nil
	}
	options, err := a.find(ctx)
	if err == nil && len(options) == 0 {
		err = errNoOptions
	}
	return options, err
}

func (a oneOf[T]) Choices(ctx context.Context, _ T) ([]Choice, error) {
	options, err := a.all(ctx)
	if err != nil {
		return nil, err
	}
	return choicesOf(options)
}

func choicesOf[T any](options []Option[T]) ([]Choice, error) {
	choices := make([]Choice, 0, len(options))
	for _, o := range options {
		c, err := o.choice()
		switch {
		case err != nil:
			return nil, err
		case slices.ContainsFunc(choices, func(before Choice) bool { return before.Key == c.Key }):
		default:
			choices = append(choices, c)
		}
	}
	return choices, nil
}

func (a oneOf[T]) Take(ctx context.Context, in Input, into *T) (bool, error) {
	options, err := a.all(ctx)
	if err != nil {
		return false, err
	}
	for _, o := range options {
		if c, err := o.choice(); err == nil && in.Choice != "" && c.Key == in.Choice {
			*into = o.Value
			return false, nil
		}
	}
	choices, err := choicesOf(options)
	if err != nil {
		return false, err
	}
	return false, refuseOneOf(ctx, choices)
}

func (a oneOf[T]) Show(ctx context.Context, v T) string {
	options, _ := a.all(ctx) // what cannot be found out is shown as it is
	return titleOf(ctx, options, v)
}

// titleOf returns the title of a value in the person's language; a value that is no longer an
// option as JSON.
func titleOf[T any](ctx context.Context, options []Option[T], v T) string {
	key, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	for _, o := range options {
		if c, err := o.choice(); err == nil && c.Key == string(key) {
			return c.title(ctx)
		}
	}
	return strings.Trim(string(key), `"`)
}

// refuseOneOf refuses what is none of the choices, and names them.
func refuseOneOf(ctx context.Context, choices []Choice) error {
	var titles []string
	for i, c := range shownOf(ctx, choices) {
		if i == MaxChoices {
			titles = append(titles, "…")
			break
		}
		titles = append(titles, c.title)
	}
	return &RefusalError{Text: refuseChoice, Values: map[string]string{"choices": strings.Join(titles, ", ")}}
}

func (a oneOf[T]) Validate() error {
	if a.find != nil {
		return nil
	}
	return validateOptions(a.options, nil)
}

// validateOptions reports what is wrong with options that are known, and with the titles of
// other chips beside them.
func validateOptions[T any](options []Option[T], others []string) error {
	if len(options) == 0 {
		return errNoOptions
	}
	var errs []error
	keys, titles := map[string]bool{}, map[string]bool{}
	for _, title := range others {
		titles[fold(title)] = true
	}
	for i, o := range options {
		c, err := o.choice()
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("options[%d]: %w", i, err))
			continue
		case strings.TrimSpace(o.Title) == "":
			errs = append(errs, fmt.Errorf("options[%d]: it has no title", i))
		case titles[fold(o.Title)]:
			errs = append(errs, fmt.Errorf("options[%d]: the title %q is that of another; "+
				"letter case, width, and punctuation at the ends do not count", i, o.Title))
		}
		if keys[c.Key] {
			errs = append(errs, fmt.Errorf("options[%d]: the value %s is that of another; a tap is known by its value", i, c.Key))
		}
		keys[c.Key], titles[fold(o.Title)] = true, true
	}
	return errors.Join(errs...)
}

// translated is the text of a message id in the person's language.
func translated(ctx context.Context, id string) string { return i18n.From(ctx).Text(id) }
